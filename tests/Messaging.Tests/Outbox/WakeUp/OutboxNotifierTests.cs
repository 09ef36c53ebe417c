using System.Collections.Concurrent;
using Messaging.Outbox.WakeUp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Messaging.Tests.Outbox.WakeUp;

[Collection(MessagingSuite.Name)]
public sealed class OutboxNotifierTests(Infrastructure infrastructure)
{
    private const int AllPartitions = 0xFFFF;
    private const string Listeners = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'outbox-relay of a test' AND state = 'idle'
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly OutboxSignal _signal = new(TimeProvider.System);

    /// <summary>
    /// A server that has just started may end a connection that it has accepted. Npgsql tries again by itself. Before 10.0.3, nothing that
    /// waited in such a session could be cancelled, so a service did not stop.
    /// </summary>
    [Fact]
    public async Task A_listener_whose_session_took_two_attempts_hears_and_stops_when_it_is_told_to()
    {
        var direct = await infrastructure.CreateDatabaseAsync();
        await using var wire = TcpWire.ToDatabase(direct, out var byWire);
        await using var database = OutboxTable.Connect(byWire);
        using var notifier = new OutboxNotifier(database, _signal, TimeProvider.System, NullLogger<OutboxNotifier>.Instance);
        wire.EndNext();
        await StartAsync(notifier, direct);
        Assert.Equal(2, wire.Connections);

        await AssertHearsAsync(direct);
        await StopAsync(notifier);
    }

    [Fact]
    public async Task A_listener_whose_session_is_cut_listens_again()
    {
        var direct = await infrastructure.CreateDatabaseAsync();
        await using var wire = TcpWire.ToDatabase(direct, out var byWire);
        await using var database = OutboxTable.Connect(byWire);
        using var notifier = new OutboxNotifier(database, _signal, TimeProvider.System, NullLogger<OutboxNotifier>.Instance);
        await StartAsync(notifier, direct);
        await AssertHearsAsync(direct);

        wire.Cut();
        await Eventually.GetAsync(() => Sql.ScalarAsync<long>(direct, Listeners), listeners => listeners == 0);
        notifier.Announce(1);
        wire.Restore();
        await Eventually.GetAsync(() => Sql.ScalarAsync<long>(direct, Listeners), listeners => listeners == 1);
        await AssertHearsAsync(direct);
        await StopAsync(notifier);
    }

    /// <summary>The pause between two announcements lasts as long as the test wants.</summary>
    [Fact]
    public async Task What_is_committed_during_the_pause_is_one_announcement()
    {
        var direct = await infrastructure.CreateDatabaseAsync();
        await using var database = OutboxTable.Connect(direct);
        var time = new FakeTimeProvider();
        using var notifier = new OutboxNotifier(database, _signal, time, NullLogger<OutboxNotifier>.Instance);
        await StartAsync(notifier, direct);
        await using var listener = new NpgsqlConnection(direct);
        await listener.OpenAsync();
        var heard = new ConcurrentQueue<string>();
        listener.Notification += (_, notification) => heard.Enqueue(notification.Payload);
        await using var listen = new NpgsqlCommand("LISTEN outbox_messages", listener);
        await listen.ExecuteNonQueryAsync();

        notifier.Announce(1);
        await HearAsync(1, TimeSpan.Zero);

        // No time has passed, so these fall into the pause.
        for (var announcement = 0; announcement < 1_000; announcement++)
        {
            notifier.Announce(1 << (announcement % 16));
        }

        await HearAsync(2, Pause);
        notifier.Announce(1);
        await HearAsync(3, Pause);
        Assert.Equal(["1", $"{AllPartitions}", "1"], heard);
        await StopAsync(notifier);

        async Task HearAsync(int count, TimeSpan passes) => await Eventually.GetAsync(
            async () =>
            {
                time.Advance(passes);
                await listen.ExecuteNonQueryAsync();
                return heard.Count;
            },
            heard => heard >= count);
    }

    private static async Task StartAsync(OutboxNotifier notifier, string database)
    {
        await notifier.StartAsync(default);
        const string Listens = $"SELECT ({Listeners} AND query LIKE 'LISTEN%') = 1";
        await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(database, Listens), listens => listens);
    }

    private async Task AssertHearsAsync(string database)
    {
        _signal.Own(OutboxTable.All);
        await Sql.ExecuteAsync(database, "SELECT pg_notify('outbox_messages', '1')");
        await Eventually.GetAsync(() => Task.FromResult(_signal.TakeNews()), hasNews => hasNews);
    }

    private static async Task StopAsync(OutboxNotifier notifier)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await notifier.StopAsync(deadline.Token);
        Assert.True(notifier.ExecuteTask!.IsCompletedSuccessfully);
    }
}
