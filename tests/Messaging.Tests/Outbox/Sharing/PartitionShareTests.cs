using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;
using Messaging.Outbox.Sharing;
using Messaging.Outbox.WakeUp;

namespace Messaging.Tests.Outbox.Sharing;

[Collection(MessagingSuite.Name)]
public sealed class PartitionShareTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly OutboxSignal _signal = new(TimeProvider.System);
    private OutboxTable _table = null!;

    public async Task InitializeAsync() => _table = await OutboxTable.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _table.DisposeAsync();

    [Fact]
    public async Task A_partition_belongs_to_one_session_until_that_ends()
    {
        await using var session = await OutboxSession.OpenAsync(_table.Sessions, default);
        var first = new PartitionShare(session, _signal);
        Assert.True(await first.BalanceAsync(relays: 6, NoneIsBusy, default));
        Assert.Equal([0, 1, 2], first.Readable);
        await using (var other = await OutboxSession.OpenAsync(_table.Sessions, default))
        {
            var second = new PartitionShare(other, new(TimeProvider.System));
            Assert.True(await second.BalanceAsync(relays: 8, NoneIsBusy, default));
            Assert.Equal([3, 4], second.Readable);
            Assert.Equal(2, (await Heartbeat.ReadAsync(session, 0, default)).Relays);
        }

        // The server needs a moment to end the session.
        await Eventually.GetAsync(() => Heartbeat.ReadAsync(session, 0, default), heartbeat => heartbeat.Relays == 1);
        Assert.True(await first.BalanceAsync(relays: 4, NoneIsBusy, default));
        Assert.Equal([0, 1, 2, 3], first.Readable);
    }

    [Fact]
    public async Task A_relay_gives_up_what_another_one_lacks_as_soon_as_nothing_of_it_is_in_flight()
    {
        await using var session = await OutboxSession.OpenAsync(_table.Sessions, default);
        await using var other = await OutboxSession.OpenAsync(_table.Sessions, default);
        var first = new PartitionShare(session, _signal);
        var second = new PartitionShare(other, new(TimeProvider.System));
        await first.BalanceAsync(relays: 1, NoneIsBusy, default);
        Assert.False(await second.BalanceAsync(relays: 2, NoneIsBusy, default));

        Assert.False(await first.BalanceAsync(relays: 2, partition => partition == 15, default));
        Assert.Equal(Enumerable.Range(0, 8), first.Readable);
        await second.BalanceAsync(relays: 2, NoneIsBusy, default);
        Assert.Equal(Enumerable.Range(8, 7), second.Readable);

        await first.BalanceAsync(relays: 2, NoneIsBusy, default);
        await second.BalanceAsync(relays: 2, NoneIsBusy, default);
        Assert.Equal(Enumerable.Range(8, 8), second.Readable);
    }

    /// <summary>Otherwise a commit at that moment would be announced to nobody who reads the partition.</summary>
    [Fact]
    public async Task Commits_of_a_partition_are_announced_to_others_before_others_can_take_it()
    {
        await using var session = await OutboxSession.OpenAsync(_table.Sessions, default);
        var share = new PartitionShare(session, _signal);
        await share.BalanceAsync(relays: 1, NoneIsBusy, default);
        var leaving = new List<int>();
        await share.BalanceAsync(
            relays: 2,
            partition =>
            {
                leaving.Add(partition);
                Assert.NotEqual(0, _signal.Announce(OutboxPartition.SetOf([partition])));
                return false;
            },
            default);
        Assert.Equal(Enumerable.Range(8, 8), leaving);
    }

    [Fact]
    public async Task A_session_without_a_statement_for_five_seconds_ends_and_its_locks_with_it()
    {
        await using var silent = await OutboxSession.OpenAsync(_table.Sessions, default);
        await new PartitionShare(silent, _signal).BalanceAsync(relays: 1, NoneIsBusy, default);
        await using var other = await OutboxSession.OpenAsync(_table.Sessions, default);
        var share = new PartitionShare(other, new(TimeProvider.System));
        await Eventually.GetAsync(() => share.BalanceAsync(relays: 1, NoneIsBusy, default), taken => taken);
        Assert.Equal(OutboxTable.All, share.Readable);

        var lost = await Record.ExceptionAsync(() => silent.ExecuteAsync(OutboxMarker.MarkSent, default, ("ids", new long[] { 1 })));
        Assert.True(lost is Npgsql.NpgsqlException or InvalidOperationException { Message: "Connection is not open" }, $"{lost}");
    }

    private static bool NoneIsBusy(int partition) => false;
}
