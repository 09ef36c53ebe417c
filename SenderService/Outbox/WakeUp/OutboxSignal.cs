namespace SenderService.Outbox.WakeUp;

/// <summary>Wakes the relay of this process: there is something to publish, or something was answered. Many wake-ups while it works are one.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _awake = new(0, 1);
    private int _owned;
    private int _isAwake;
    private int _hasNews;

    /// <summary>Sets which partitions this process's relay reads.</summary>
    public void Own(IEnumerable<int> partitions) => Volatile.Write(ref _owned, PartitionSet.Of(partitions));

    /// <summary>Says that messages of these partitions were committed.</summary>
    /// <param name="partitions">A <see cref="PartitionSet"/>.</param>
    /// <returns>Those that are not this process's: their relay has to be told in another way.</returns>
    public int Announce(int partitions)
    {
        var owned = Volatile.Read(ref _owned);
        if ((partitions & owned) != 0)
        {
            Interlocked.Exchange(ref _hasNews, 1);
            Wake();
        }

        return partitions & ~owned;
    }

    /// <summary>Wakes the relay without news.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            _awake.Release();
        }
    }

    /// <summary>Whether there is news since the last call: to be asked before looking for it, so that nothing is missed.</summary>
    public bool TakeNews() => Interlocked.Exchange(ref _hasNews, 0) == 1;

    /// <summary>Waits to be woken, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (await _awake.WaitAsync(longest, cancellationToken))
        {
            Interlocked.Exchange(ref _isAwake, 0);
        }
    }

    public void Dispose() => _awake.Dispose();
}
