using System.Globalization;
using Messaging.Outbox.Writing;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>A relay that follows the write-ahead log. It reads the table once a minute. What is sent earlier came from the log.</summary>
[Collection(MessagingSuite.Name)]
public sealed class LogRelayTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const string FollowsLog = "Outbox:Relay=Wal";
    private const string ReadsTableOftenIfNeeded = "Outbox:PollInterval=00:00:00.01";
    private const int Messages = 100;
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    private readonly string _queue = Infrastructure.NewQueue();
    private OutboxTable _table = null!;
    private BrokerWire _wire = null!;

    public async Task InitializeAsync()
    {
        _table = await OutboxTable.CreateAsync(infrastructure);
        _wire = new BrokerWire(infrastructure.Broker);
    }

    public async Task DisposeAsync()
    {
        await _wire.DisposeAsync();
        await _table.DisposeAsync();
    }

    /// <summary>They are written by SQL, and nobody wakes the relay.</summary>
    [Fact]
    public async Task Messages_that_nobody_announces_are_published_at_once_and_only_once()
    {
        await using var host = await StartAsync();
        await LogSlot.FollowedAsync(_table);
        for (var round = 1; round <= 3; round++)
        {
            await _table.AddManyAsync(Messages, aggregates: Messages / 2);
            await OutboxRows.SentAsync(_table.Database, 1 + (round * Messages), Promptly);
        }

        Assert.Equal(1 + (3 * Messages), _wire.Transfers);
    }

    [Fact]
    public async Task The_position_is_confirmed_when_the_broker_has_accepted_what_comes_before()
    {
        await using var host = await StartAsync();
        await LogSlot.FollowedAsync(_table);
        _wire.KeepsAcceptances = true;
        var before = await LogSlot.EndAsync(_table.Database);
        await _table.AddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => Task.FromResult(_wire.Kept), kept => kept == 1);
        _wire.KeepsAcceptances = false;

        // These are accepted, and their position is behind that of the first one.
        await _table.AddManyAsync(Messages, aggregates: Messages);
        await OutboxRows.SentAsync(_table.Database, 1 + Messages);
        await OverAStatusIntervalAsync();
        Assert.False(await LogSlot.IsConfirmedAsync(_table.Database, before));

        _wire.Cut();
        _wire.Restore();
        await OutboxRows.SentAsync(_table.Database, 2 + Messages);
        await Eventually.GetAsync(() => LogSlot.IsConfirmedAsync(_table.Database, before), isConfirmed => isConfirmed);
    }

    [Fact]
    public async Task The_position_goes_on_although_only_others_write()
    {
        await using var host = await StartAsync();
        await LogSlot.FollowedAsync(_table);
        var before = await LogSlot.EndAsync(_table.Database);
        await Sql.ExecuteAsync(_table.Database, "CREATE TABLE other AS SELECT repeat('x', 100) FROM generate_series(1, 30000)");
        await Eventually.GetAsync(() => LogSlot.IsConfirmedAsync(_table.Database, before), isConfirmed => isConfirmed);
        Assert.Equal(1, await OutboxRows.CountAsync(_table.Database, "Sent"));
    }

    /// <summary>A failed message makes the relay read the table again and again, while the log brings the same messages.</summary>
    [Fact]
    public async Task A_message_that_is_in_the_table_and_in_the_log_is_published_once()
    {
        await AddFailedAsync();
        await using var host = await StartAsync(ReadsTableOftenIfNeeded);
        await LogSlot.FollowedAsync(_table);
        const int Rounds = 30;
        for (var round = 0; round < Rounds; round++)
        {
            await _table.AddManyAsync(Messages, aggregates: Messages);
        }

        await OutboxRows.SentAsync(_table.Database, 1 + (Rounds * Messages));
        Assert.Equal(1 + (Rounds * Messages), _wire.Transfers);
    }

    [Fact]
    public async Task Behind_a_failed_message_the_later_ones_wait_and_follow_in_order_while_more_are_written()
    {
        const int Versions = 60;
        var aggregate = await AddFailedAsync();
        await using var host = await StartAsync(ReadsTableOftenIfNeeded);
        await LogSlot.FollowedAsync(_table);
        for (var version = 2; version <= Versions; version++)
        {
            await _table.AddAsync(aggregate, version);
            await _table.AddAsync(Guid.CreateVersion7(), 1);
            if (version == Versions / 2)
            {
                await OutboxRows.SentAsync(_table.Database, version);
                await Sql.ExecuteAsync(
                    _table.Database, "UPDATE outbox_messages SET status = 'Pending', next_attempt_at = now() WHERE status = 'Failed'");
            }
        }

        await OutboxRows.SentAsync(_table.Database, 2 * Versions);
        var came = await QueueReader.FirstAppearancesAsync(infrastructure, _queue, 2 * Versions);
        Assert.Equal(Enumerable.Range(1, Versions).Select(version => (long)version), came[aggregate.ToString()]);
    }

    /// <summary>The row then has the number of a part of its transaction, and the log has that of the whole.</summary>
    [Fact]
    public async Task A_message_that_was_written_after_a_savepoint_is_marked_and_published_once()
    {
        await using var host = await StartAsync(ReadsTableOftenIfNeeded);
        await LogSlot.FollowedAsync(_table);
        await using (var db = OrderDbContext.Open(_table.Database))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await transaction.CreateSavepointAsync("before");
            new OutboxWriter(new OutboxContext(db), TimeProvider.System).Add(Guid.CreateVersion7(), 1, "an event");
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await OutboxRows.SentAsync(_table.Database, 2, Promptly);
        Assert.Equal(2, _wire.Transfers);
    }

    private Task<OutboxHost> StartAsync(string poll = "Outbox:PollInterval=00:01:00") => OutboxHost.StartAsync(
        _table.Database, _wire.Address, configure: null, FollowsLog, $"Outbox:Queue={_queue}", poll);

    /// <returns>Its aggregate.</returns>
    private async Task<Guid> AddFailedAsync()
    {
        var aggregate = Guid.CreateVersion7();
        await _table.AddAsync(aggregate, 1);
        await Sql.ExecuteAsync(_table.Database, "UPDATE outbox_messages SET status = 'Failed', last_error = 'refused'");
        return aggregate;
    }

    /// <summary>Waits until the relay has reported its position to the server.</summary>
    private Task<string> OverAStatusIntervalAsync()
    {
        const string LastReport = "SELECT coalesce(max(reply_time), '-infinity')::text FROM pg_stat_replication";
        var reports = new HashSet<string>();
        return Eventually.GetAsync(
            () => Sql.ScalarAsync<string>(_table.Database, LastReport),
            report => reports.Add(report) && reports.Count == 3,
            describe: report => string.Create(CultureInfo.InvariantCulture, $"{report}, {reports.Count} reports"));
    }
}
