using SenderService.Outbox.WakeUp;

namespace SenderService.Outbox.Relay;

/// <summary>
/// The partitions of one relay. Of n live relays each keeps at most its fair share, the n-th part rounded up, and takes what is free up to
/// that; so the first gives up what a second one lacks, and takes back what a dead one leaves.
/// </summary>
internal sealed class PartitionShare(OutboxSession session, OutboxSignal signal)
{
    private readonly SortedSet<int> _owned = [];
    private readonly SortedSet<int> _leaving = [];

    /// <summary>The partitions to read, without those that are being given up.</summary>
    public int[] Readable { get; private set; } = [];

    /// <summary>Whether no other relay can have this partition.</summary>
    public bool Has(int partition) => _owned.Contains(partition) || _leaving.Contains(partition);

    /// <summary>Gives up or takes partitions until the share is fair.</summary>
    /// <param name="relays">How many relays live.</param>
    /// <param name="isBusy">Whether messages of a partition are on their way or not yet marked: it is kept until they are.</param>
    /// <param name="cancellationToken">Cancels the statements; the session goes on.</param>
    /// <returns>Whether there are new partitions to read.</returns>
    public async Task<bool> BalanceAsync(int relays, Func<int, bool> isBusy, CancellationToken cancellationToken)
    {
        var fair = (OutboxPartition.Count + relays - 1) / relays;
        while (_owned.Count > fair)
        {
            _leaving.Add(_owned.Max);
            _owned.Remove(_owned.Max);
        }

        await GiveBackAsync(isBusy, cancellationToken);
        IReadOnlyList<int> taken = _owned.Count < fair
            ? await session.TakePartitionsAsync(Others(), fair - _owned.Count, cancellationToken)
            : [];
        _owned.UnionWith(taken);
        Readable = [.. _owned];
        signal.Own(Readable);
        return taken.Count > 0;
    }

    private int[] Others() => [.. Enumerable.Range(0, OutboxPartition.Count).Except(_owned).Except(_leaving)];

    private async Task GiveBackAsync(Func<int, bool> isBusy, CancellationToken cancellationToken)
    {
        int[] idle = [.. _leaving.Where(partition => !isBusy(partition))];
        if (idle.Length > 0)
        {
            // A crash here means that all locks of this session are free, these too.
            await session.GiveBackPartitionsAsync(idle, cancellationToken);
            _leaving.ExceptWith(idle);
        }
    }
}
