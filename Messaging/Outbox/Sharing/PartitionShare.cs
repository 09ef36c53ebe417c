namespace Messaging.Outbox.Sharing;

/// <summary>
/// The partitions of one relay. With n live relays, the fair share is 16 / n, rounded up. A relay gives up the partitions above its share,
/// and takes free ones up to its share. So two relays get 8 each. When one of them dies, the other takes all 16.
/// </summary>
internal sealed class PartitionShare(OutboxSession session, OutboxSignal signal)
{
    /// <summary>Takes up to <c>@count</c> free ones of <c>@partitions</c>, row by row until the limit is reached.</summary>
    private const string TryTake = $"""
        SELECT partition FROM unnest(@partitions) AS partition
        WHERE pg_try_advisory_lock({OutboxLocks.Space}, partition)
        LIMIT @count
        """;

    private const string GiveBack = $"SELECT pg_advisory_unlock({OutboxLocks.Space}, partition) FROM unnest(@partitions) AS partition";

    private readonly SortedSet<int> _owned = [];
    private readonly SortedSet<int> _leaving = [];

    /// <summary>The partitions to read. Those that are being given up are not among them.</summary>
    public int[] Readable { get; private set; } = [];

    /// <summary>Gives up or takes partitions until the share is fair.</summary>
    /// <param name="relays">Number of live relays.</param>
    /// <param name="isBusy">True if a message of the partition is in flight or not yet marked. The partition is kept until then.</param>
    /// <param name="cancellationToken">Cancels the statements. The session stays usable.</param>
    /// <returns>True if there are new partitions to read.</returns>
    public async Task<bool> BalanceAsync(int relays, Func<int, bool> isBusy, CancellationToken cancellationToken)
    {
        var fair = (OutboxPartition.Count + relays - 1) / relays;
        while (_owned.Count > fair)
        {
            _leaving.Add(_owned.Max);
            _owned.Remove(_owned.Max);
        }

        // Before others can take them: a commit that is announced to nobody else would wait for the next poll.
        signal.Own(_owned);
        await GiveBackAsync(isBusy, cancellationToken);
        var before = _owned.Count;
        if (before < fair)
        {
            await TakeAsync(fair - before, cancellationToken);
        }

        Readable = [.. _owned];
        signal.Own(Readable);
        return _owned.Count > before;
    }

    private async Task TakeAsync(int count, CancellationToken cancellationToken)
    {
        int[] others = [.. Enumerable.Range(0, OutboxPartition.Count).Except(_owned).Except(_leaving)];
        await using var command = session.Command(TryTake, ("partitions", others), ("count", count));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            _owned.Add(reader.GetInt32(0));
        }
    }

    private async Task GiveBackAsync(Func<int, bool> isBusy, CancellationToken cancellationToken)
    {
        int[] idle = [.. _leaving.Where(partition => !isBusy(partition))];
        if (idle.Length > 0)
        {
            // A crash here means: the session ends, and all its locks are free.
            await session.ExecuteAsync(GiveBack, cancellationToken, ("partitions", idle));
            _leaving.ExceptWith(idle);
        }
    }
}
