using Microsoft.Extensions.Logging.Abstractions;
using Messaging.Outbox.Relay;
using Messaging.Outbox.WakeUp;

namespace SenderService.Tests.Outbox.WakeUp;

[Collection(SenderSuite.Name)]
public sealed class OutboxListenerTests(Infrastructure infrastructure)
{
    /// <summary>
    /// A server that comes back may end a connection that it has just taken. Npgsql tries again by itself, and before 10.0.3 nothing that
    /// waited on such a session could be cancelled: a service did not stop, and ended with an exception.
    /// </summary>
    [Fact]
    public async Task A_listener_whose_session_took_two_attempts_stops_when_it_is_told_to()
    {
        var direct = await infrastructure.CreateDatabaseAsync();
        await using var wire = TcpWire.ToDatabase(direct, out var byWire);
        await using var database = new OutboxDatabase(byWire, "a test");
        using var signal = new OutboxSignal();
        using var listener = new OutboxListener(database, signal, TimeProvider.System, NullLogger<OutboxListener>.Instance);
        wire.EndNext();
        await listener.StartAsync(default);
        const string Listens = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle')";
        await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(direct, Listens), listens => listens);
        Assert.Equal(2, wire.Connections);

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await listener.StopAsync(deadline.Token);
        Assert.True(listener.ExecuteTask!.IsCompleted);
    }
}
