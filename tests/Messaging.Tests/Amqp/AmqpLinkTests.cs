using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Messaging.Amqp;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Tests.Amqp;

[Collection(MessagingSuite.Name)]
public sealed class AmqpLinkTests(Infrastructure infrastructure)
{
    /// <summary>
    /// The client reports what is in flight as rejected when the broker detaches the link. The link must say then that it is closed.
    /// Otherwise a caller would take this for a refusal of the message.
    /// </summary>
    [Fact]
    public async Task A_link_that_the_broker_detaches_is_closed_when_the_first_message_is_reported_as_rejected()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={wire.Address}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System);
        await using var services = builder.Build();
        var connection = services.Services.GetRequiredService<AmqpConnection>();
        await using var link = await connection.OpenSenderAsync(Infrastructure.NewQueue(), default);

        wire.DetachLink();
        var seen = new TaskCompletionSource<(Outcome Outcome, bool IsClosed)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new Message("in flight") { Header = new Header { Durable = true } };
        link.Link.Send(message, (_, _, outcome, _) => seen.TrySetResult((outcome, link.IsClosed)), null);

        var (outcome, isClosed) = await seen.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.IsType<Rejected>(outcome);
        Assert.True(isClosed);
    }

    /// <summary>The client throws this while the transport is closed already, and the connection is not.</summary>
    [Theory]
    [InlineData(EventId.SessionLocalOpen)]
    [InlineData(EventId.LinkLocalOpen)]
    public async Task A_connection_that_ends_while_a_link_attaches_is_an_outage_that_is_logged_once_and_that_health_reports(EventId at)
    {
        const int Failures = 3;
        var closed = new ObjectDisposedException("TransportWriter");
        var seen = new ConcurrentQueue<string?>();
        using var log = new RecordedLog();
        AmqpConnection connection = null!;
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={infrastructure.Broker}"]);
        builder.AddAmqpConnection("artemis");
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IHandler>(new ClientHandler(at, _ =>
        {
            seen.Enqueue(connection.LastFailure);
            if (seen.Count <= Failures)
            {
                throw closed;
            }
        }));
        await using var services = builder.Build();
        connection = services.Services.GetRequiredService<AmqpConnection>();
        await using var link = await connection.OpenSenderAsync(Infrastructure.NewQueue(), default);

        Assert.True(connection.IsOpen);
        Assert.Null(seen.First());
        Assert.Equal(Failures + 1, seen.Count);
        Assert.All(seen.Skip(1), failure => Assert.EndsWith("cannot be reached: it hung up", failure, StringComparison.Ordinal));
        Assert.Contains("it hung up", Assert.Single(log.Lines), StringComparison.Ordinal);
    }
}
