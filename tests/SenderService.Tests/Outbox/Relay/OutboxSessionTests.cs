using Messaging.Outbox;
using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

[Collection(SenderSuite.Name)]
public sealed class OutboxSessionTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly int[] All = [.. Enumerable.Range(0, 16)];
    private static readonly OutboxOptions Options = new()
    {
        FirstRetryDelay = TimeSpan.FromMinutes(1),
        MaxRetryDelay = TimeSpan.FromMinutes(5),
    };

    private readonly Guid _first = Guid.CreateVersion7();
    private readonly Guid _second = Guid.CreateVersion7();
    private OutboxTable _table = null!;

    public async Task InitializeAsync() => _table = await OutboxTable.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _table.DisposeAsync();

    [Fact]
    public async Task A_partition_is_one_sessions_until_that_ends()
    {
        await using var first = await OutboxSession.OpenAsync(_table.Relays, default);
        Assert.Equal([0, 1, 2], await first.TakePartitionsAsync(All, 3, default));
        await using (var second = await OutboxSession.OpenAsync(_table.Relays, default))
        {
            Assert.Equal([3, 4], await second.TakePartitionsAsync([0, 1, 2, 3, 4], 5, default));
            Assert.Equal(2, (await first.BeatAsync(0, default)).Relays);
        }

        // The server ends the session a moment after it was told to.
        await Eventually.GetAsync(() => first.BeatAsync(0, default), heartbeat => heartbeat.Relays == 1);
        Assert.Equal([3, 4], await first.TakePartitionsAsync([3, 4], 5, default));
    }

    [Fact]
    public async Task A_partition_that_is_given_back_is_free()
    {
        await using var first = await OutboxSession.OpenAsync(_table.Relays, default);
        await using var second = await OutboxSession.OpenAsync(_table.Relays, default);
        await first.TakePartitionsAsync([7, 8], 2, default);
        Assert.Empty(await second.TakePartitionsAsync([7, 8], 2, default));

        await first.GiveBackPartitionsAsync([7], default);
        Assert.Equal([7], await second.TakePartitionsAsync([7, 8], 2, default));
    }

    [Fact]
    public async Task Only_messages_of_the_partitions_are_read()
    {
        await _table.AddManyAsync(64, aggregates: 64);
        await using var session = await OutboxSession.OpenAsync(_table.Relays, default);
        var read = await session.ReadPendingAsync([3, 9], 0, 100, default);
        Assert.Equal([3, 9, 3, 9, 3, 9, 3, 9], read.Select(message => message.Partition));
    }

    [Fact]
    public async Task A_refused_message_makes_its_aggregate_wait_and_no_other()
    {
        await _table.AddAsync(_first, 1);
        await _table.AddAsync(_second, 1);
        await _table.AddAsync(_first, 2);
        await using var session = await OutboxSession.OpenAsync(_table.Relays, default);
        var all = await session.ReadPendingAsync(All, 0, 100, default);
        Assert.Equal([(_first, 1L), (_second, 1L), (_first, 2L)], all.Select(message => (message.AggregateId, message.AggregateVersion)));

        Assert.False(await session.MarkRefusedAsync(all[0].Id, "too large", Options, default));
        Assert.Equal([_second], (await session.ReadPendingAsync(All, 0, 100, default)).Select(message => message.AggregateId));

        // Its time has come: it is read again, alone, as nothing of its aggregate may overtake it.
        await Sql.ExecuteAsync(_table.Database, "UPDATE outbox_messages SET next_attempt_at = now() WHERE attempts = 1 AND last_error = 'too large'");
        Assert.Equal(
            [(_first, 1L, true), (_second, 1L, false)],
            (await session.ReadPendingAsync(All, 0, 100, default)).Select(message => (message.AggregateId, message.AggregateVersion, message.IsRetry)));

        await session.MarkSentAsync([all[0].Id], default);
        Assert.Equal(
            [(_second, 1L), (_first, 2L)],
            (await session.ReadPendingAsync(All, 0, 100, default)).Select(message => (message.AggregateId, message.AggregateVersion)));
    }

    [Fact]
    public async Task The_delay_between_attempts_doubles_up_to_the_longest_and_the_eighth_refusal_fails_the_message()
    {
        await _table.AddAsync(_first, 1);
        await using var session = await OutboxSession.OpenAsync(_table.Relays, default);
        var id = (await session.ReadPendingAsync(All, 0, 1, default))[0].Id;
        var delays = new List<double>();
        for (var attempt = 1; attempt <= 7; attempt++)
        {
            Assert.False(await session.MarkRefusedAsync(id, "refused", Options, default));
            delays.Add(await Sql.ScalarAsync<double>(
                _table.Database, "SELECT round(extract(epoch FROM next_attempt_at - now()) / 60)::float8 FROM outbox_messages"));
        }

        Assert.Equal([1, 2, 4, 5, 5, 5, 5], delays);
        Assert.True(await session.MarkRefusedAsync(id, "refused for good", Options, default));
        Assert.Equal("Failed 8 refused for good", await Sql.ScalarAsync<string>(
            _table.Database, "SELECT status || ' ' || attempts || ' ' || last_error FROM outbox_messages"));
        Assert.Equal(id, (await session.BeatAsync(id, default)).LowestOpen);
    }

    [Fact]
    public async Task A_session_that_asks_nothing_for_five_seconds_ends_and_with_it_its_locks()
    {
        await using var silent = await OutboxSession.OpenAsync(_table.Relays, default);
        await silent.TakePartitionsAsync(All, 16, default);
        await using var other = await OutboxSession.OpenAsync(_table.Relays, default);
        var taken = await Eventually.GetAsync(() => other.TakePartitionsAsync(All, 16, default), taken => taken.Count > 0);
        Assert.Equal(16, taken.Count);
        var lost = await Record.ExceptionAsync(() => silent.MarkSentAsync([1], default));
        Assert.True(lost is Npgsql.NpgsqlException or InvalidOperationException { Message: "Connection is not open" }, $"{lost}");
    }
}
