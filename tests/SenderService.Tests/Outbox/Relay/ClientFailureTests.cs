using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Messaging.Outbox;
using Messaging.Outbox.Operating;
using Messaging.Amqp;
using EventId = Amqp.Handler.EventId;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>Whatever AMQPNetLite throws, on whichever thread, the relay gets over it by itself.</summary>
[Collection(SenderSuite.Name)]
public sealed class ClientFailureTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Aggregates = 5;

    private readonly string _queue = Infrastructure.NewQueue();
    private OutboxTable _table = null!;

    public async Task InitializeAsync() => _table = await OutboxTable.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _table.DisposeAsync();

    /// <summary>
    /// The relay's loop sends the first message of an aggregate, and the connection's reader, in a callback, the one after it. What is in flight then
    /// is still answered, so that nothing is sent twice.
    /// </summary>
    [Theory]
    [InlineData(1, Aggregates, typeof(ObjectDisposedException))]
    [InlineData(1, Aggregates, typeof(NullReferenceException))]
    [InlineData(2, 1, typeof(ObjectDisposedException))]
    [InlineData(2, 1, typeof(IOException))]
    public async Task An_exception_out_of_sending_costs_the_link_and_nothing_else(long version, int nth, Type exception)
    {
        using var spans = new RecordedSpans(OutboxTelemetry.Name);
        await using var wire = new BrokerWire(infrastructure.Broker);
        var sends = 0;
        await using (await RunAsync(wire.Address, (delivery, _) =>
        {
            if ((long)delivery.Message.ApplicationProperties["aggregate-version"] == version && Interlocked.Increment(ref sends) == nth)
            {
                throw NewException(exception);
            }
        }))
        {
            await _table.AddManyAsync(2 * Aggregates, Aggregates);
            await AllAreSentAsync(2 * Aggregates);
        }

        Assert.Equal(Aggregates + 1, sends);
        Assert.Equal(2 * Aggregates, wire.Transfers);
        AssertEnded(spans);
    }

    [Fact]
    public async Task A_message_that_the_client_breaks_off_in_the_middle_of_writing_holds_nothing_up()
    {
        using var spans = new RecordedSpans(OutboxTelemetry.Name);
        var sends = 0;
        await using (await RunAsync(infrastructure.Broker, (delivery, _) =>
        {
            if (Interlocked.Increment(ref sends) == 50)
            {
                // The client thinks it is still writing then, and writes nothing more on that session, though that is open.
                WritingTrap.Set(delivery, () => throw new IOException("half-way"));
            }
        }))
        {
            await _table.AddManyAsync(100, aggregates: 100);
            await AllAreSentAsync(100);
        }

        AssertEnded(spans);
    }

    /// <summary>The client says then that the message is rejected, in words of its own, and twice over the same message alone.</summary>
    [Fact]
    public async Task A_connection_that_closes_while_a_message_is_being_sent_counts_no_attempt()
    {
        var sends = 0;
        await using (await RunAsync(infrastructure.Broker, (_, connection) =>
        {
            if (++sends <= 4)
            {
                connection.Close(TimeSpan.Zero);
            }
        }))
        {
            await _table.AddAsync(Guid.CreateVersion7(), 1);
            await AllAreSentAsync(1);
        }

        Assert.Equal(5, sends);
    }

    /// <summary>By chance, with so few in flight that both threads send all the time.</summary>
    [Fact]
    public async Task Under_random_failures_of_the_client_messages_arrive_in_order_and_no_attempt_is_counted()
    {
        const int Messages = 600;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Type[] exceptions = [typeof(ObjectDisposedException), typeof(IOException), typeof(NullReferenceException), typeof(AmqpException)];
        await using (await RunAsync(
            infrastructure.Broker,
            (delivery, _) =>
            {
                int chance;
                Exception exception;
                lock (random)
                {
                    chance = random.Next(100);
                    exception = NewException(exceptions[random.Next(exceptions.Length)]);
                }

                switch (chance)
                {
                    case 0:
                        throw exception;
                    case 1:
                        WritingTrap.Set(delivery, () => throw exception);
                        break;
                }
            },
            "Outbox:MaxInFlight=10",
            "Outbox:BatchSize=50",
            "Outbox:ShutdownGrace=00:00:00.1"))
        {
            await _table.AddManyAsync(Messages, aggregates: 30);
            await AllAreSentAsync(Messages);
        }

        var connection = await infrastructure.ConnectAsync();
        var came = await new QueueReader(connection).FirstAppearancesAsync(_queue, Messages);
        await connection.CloseAsync();
        Assert.All(came, aggregate => Assert.True(
            aggregate.Value.SequenceEqual(aggregate.Value.Order()),
            string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {string.Join(", ", aggregate.Value)}")));
    }

    private static Exception NewException(Type type) =>
        type == typeof(ObjectDisposedException) ? new ObjectDisposedException("TransportWriter")
        : type == typeof(AmqpException) ? new AmqpException(new Error(ErrorCode.ConnectionForced) { Description = "the test" })
        : (Exception)Activator.CreateInstance(type)!;

    /// <summary>The relay in a host of the test's own, so that the test can have a say in the client.</summary>
    private async Task<StoppedAtEnd> RunAsync(string broker, Action<IDelivery, Connection> onSend, params string[] settings)
    {
        string[] all = [.. RunningSender.Settings(_table.Database, broker, _queue), .. settings, "urls=http://127.0.0.1:0"];
        var builder = WebApplication.CreateBuilder([.. all.Select(setting => $"--{setting}")]);
        builder.AddAmqpConnection("artemis");
        builder.AddOutbox("senderdb");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IHandler>(new ClientHandler(
            EventId.SendDelivery, sending => onSend((IDelivery)sending.Context, sending.Connection)));
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    private async Task AllAreSentAsync(int count)
    {
        await Eventually.GetAsync(() => OutboxTable.CountAsync(_table.Database, "Sent"), sent => sent == count);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(_table.Database, "SELECT sum(attempts) FROM outbox_messages"));
    }

    private void AssertEnded(RecordedSpans spans)
    {
        var own = spans.All.Where(span => span.OperationName == $"relay {_queue}" || span.OperationName == $"send {_queue}").ToArray();
        Assert.NotEmpty(own);
        Assert.All(own, span => Assert.True(span.IsStopped));
    }

    private sealed record StoppedAtEnd(WebApplication Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            await Host.DisposeAsync();
        }
    }
}
