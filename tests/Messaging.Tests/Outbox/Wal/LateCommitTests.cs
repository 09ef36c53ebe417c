using Npgsql;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>
/// A commit that waits for a standby. It is in the log, so the relay knows the message. In the table nobody sees it until the wait ends.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class LateCommitTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly string _queue = Infrastructure.NewQueue();
    private OutboxTable _table = null!;
    private BrokerWire _wire = null!;

    public async Task InitializeAsync()
    {
        _table = await OutboxTable.CreateAsync(infrastructure);
        _wire = new BrokerWire(infrastructure.Broker);
        await Sql.SetForDatabaseAsync(_table.Database, "synchronous_commit", "local");
        NpgsqlConnection.ClearAllPools();
        await SetStandbyAsync("nobody");
    }

    public async Task DisposeAsync()
    {
        await SetStandbyAsync("");
        await _wire.DisposeAsync();
        await _table.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_marked_when_it_becomes_visible_and_it_is_published_once()
    {
        await using var host = await StartAsync();
        var adding = await BeginToAddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => Task.FromResult(_wire.Transfers), transfers => transfers == 2);
        Assert.Equal(1, await OutboxRows.CountAsync(_table.Database, "Sent"));

        await ReleaseAsync(adding);
        await OutboxRows.SentAsync(_table.Database, 2);
        Assert.Equal(2, _wire.Transfers);
    }

    [Fact]
    public async Task A_message_that_was_left_to_the_table_is_not_overtaken_because_the_table_does_not_show_it_yet()
    {
        var aggregate = Guid.CreateVersion7();
        await _table.AddAsync(aggregate, 1);
        await Sql.ExecuteAsync(_table.Database, "UPDATE outbox_messages SET status = 'Failed', last_error = 'refused'");
        await using var host = await StartAsync();
        var before = await LogSlot.EndAsync(_table.Database);
        var adding = await BeginToAddAsync(aggregate, 2);
        await Eventually.GetAsync(() => LogSlot.IsConfirmedAsync(_table.Database, before), isConfirmed => isConfirmed);
        await Sql.ExecuteAsync(
            _table.Database, "UPDATE outbox_messages SET status = 'Pending', next_attempt_at = now() WHERE status = 'Failed'");
        await OutboxRows.SentAsync(_table.Database, 2);

        await _table.AddAsync(aggregate, 3);
        await ReleaseAsync(adding);
        await OutboxRows.SentAsync(_table.Database, 4);
        var came = await QueueReader.FirstAppearancesAsync(infrastructure, _queue, 4);
        Assert.Equal([1, 2, 3], came[aggregate.ToString()]);
    }

    [Fact]
    public async Task A_message_that_is_refused_before_it_is_visible_makes_its_aggregate_wait()
    {
        await using var host = await StartAsync();
        var adding = await BeginToAddAsync(Guid.CreateVersion7(), 1, BrokerWire.Marker);
        await Eventually.GetAsync(() => Task.FromResult(_wire.Transfers), transfers => transfers == 2);
        await ReleaseAsync(adding);
        await Eventually.GetAsync(() => OutboxRows.CountAsync(_table.Database, "Failed"), failed => failed == 1);
        Assert.Equal(1, await OutboxRows.AttemptsAsync(_table.Database));
    }

    /// <summary>A relay that takes its messages from the log already.</summary>
    private async Task<OutboxHost> StartAsync()
    {
        var host = await OutboxHost.StartAsync(
            _table.Database, _wire.Address, configure: null, "Outbox:Relay=Wal", $"Outbox:Queue={_queue}", "Outbox:MaxAttempts=1");
        await LogSlot.FollowedAsync(_table);
        return host;
    }

    /// <summary>Adds a message whose commit waits.</summary>
    /// <returns>The end of the wait.</returns>
    private async Task<Task> BeginToAddAsync(Guid aggregate, int version, string value = "")
    {
        var adding = AddAsync(aggregate, version, value);
        const string Waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'waits' AND wait_event = 'SyncRep')";
        await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(_table.Database, Waits), waits => waits || adding.IsCompleted);
        Assert.False(adding.IsCompleted, $"The commit has not waited: {adding.Exception}");
        return adding;
    }

    private Task<int> AddAsync(Guid aggregate, int version, string value) => Sql.ExecuteAsync(
        $"{_table.Database};Pooling=false;Command Timeout=0;Application Name=waits;Options=-c synchronous_commit=on",
        $$"""
        INSERT INTO outbox_messages
            (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
        VALUES (
            gen_random_uuid(), 'OrderPlaced', '{{aggregate}}', {{version}}, 0,
            '{"value": "{{value}}"}', '{"correlationId": "any"}', now(), 'Pending', 0)
        """);

    /// <summary>Gives up the wait. The commit stays, and becomes visible.</summary>
    private async Task ReleaseAsync(Task adding)
    {
        await Sql.ExecuteAsync(_table.Database, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'waits'");
        await adding;
    }

    private async Task SetStandbyAsync(string name)
    {
        await Sql.ExecuteAsync(_table.Database, $"ALTER SYSTEM SET synchronous_standby_names = '{name}'");
        await Sql.ExecuteAsync(_table.Database, "SELECT pg_reload_conf()");
    }
}
