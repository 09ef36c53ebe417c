using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Messaging.Outbox;
using Messaging.Tests.Amqp;
using Microsoft.Extensions.DependencyInjection;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>The relay survives whatever AMQPNetLite throws, on any thread, without help.</summary>
[Collection(MessagingSuite.Name)]
public sealed class ClientFailureTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Aggregates = 5;

    private readonly string _queue = Infrastructure.NewQueue();
    private OutboxTable _table = null!;

    public async Task InitializeAsync() => _table = await OutboxTable.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _table.DisposeAsync();

    /// <summary>
    /// The relay's loop sends the first message of an aggregate. The connection's reader sends the second one, in a callback. What is in
    /// flight is still answered, so nothing is sent twice.
    /// </summary>
    [Theory]
    [InlineData(1, Aggregates, typeof(ObjectDisposedException))]
    [InlineData(1, Aggregates, typeof(NullReferenceException))]
    [InlineData(2, 1, typeof(ObjectDisposedException))]
    [InlineData(2, 1, typeof(IOException))]
    public async Task An_exception_out_of_sending_costs_the_link_and_nothing_else(long version, int nth, Type exception)
    {
        using var spans = new RecordedSpans(OutboxExtensions.TelemetryName);
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
    public async Task A_message_that_the_client_fails_to_write_to_its_end_delays_no_other()
    {
        using var spans = new RecordedSpans(OutboxExtensions.TelemetryName);
        var sends = 0;
        await using (await RunAsync(infrastructure.Broker, (delivery, _) =>
        {
            if (Interlocked.Increment(ref sends) == 50)
            {
                // The client then believes that it is still writing. It writes nothing more in that session, although the session is open.
                WritingTrap.Set(delivery, () => throw new IOException("half-way"));
            }
        }))
        {
            await _table.AddManyAsync(100, aggregates: 100);
            await AllAreSentAsync(100);
        }

        AssertEnded(spans);
    }

    /// <summary>The client then reports the message as rejected, with an error of its own.</summary>
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

    /// <summary>Few messages are in flight, so that both threads send all the time.</summary>
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

        var came = await QueueReader.FirstAppearancesAsync(infrastructure, _queue, Messages);
        Assert.All(came, aggregate => Assert.True(
            aggregate.Value.SequenceEqual(aggregate.Value.Order()),
            string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {string.Join(", ", aggregate.Value)}")));
    }

    private static Exception NewException(Type type) =>
        type == typeof(ObjectDisposedException) ? new ObjectDisposedException("TransportWriter")
        : type == typeof(AmqpException) ? new AmqpException(new Error(ErrorCode.ConnectionForced) { Description = "the test" })
        : (Exception)Activator.CreateInstance(type)!;

    /// <summary>A service in whose client the test can interfere.</summary>
    private Task<OutboxHost> RunAsync(string broker, Action<IDelivery, Connection> onSend, params string[] settings)
    {
        var handler = new ClientHandler(EventId.SendDelivery, sending => onSend((IDelivery)sending.Context, sending.Connection));
        return OutboxHost.StartAsync(
            _table.Database, broker, services => services.AddSingleton<IHandler>(handler), [.. settings, $"Outbox:Queue={_queue}"]);
    }

    private async Task AllAreSentAsync(int count)
    {
        await OutboxRows.SentAsync(_table.Database, count);
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(_table.Database));
    }

    private void AssertEnded(RecordedSpans spans)
    {
        var own = spans.All.Where(span => span.OperationName == $"send {_queue}").ToArray();
        Assert.NotEmpty(own);
        Assert.All(own, span => Assert.True(span.IsStopped));
    }
}
