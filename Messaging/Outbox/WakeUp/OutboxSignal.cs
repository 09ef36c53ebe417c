using System.Diagnostics.CodeAnalysis;

namespace Messaging.Outbox.WakeUp;

/// <summary>Wakes the relay of this process. Several wake-ups during one step of the relay count as one.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore has nothing to dispose but its wait handle.")]
internal sealed class OutboxSignal(TimeProvider time)
{
    private readonly SemaphoreSlim _awake = new(0, 1);
    private int _owned;
    private int _isAwake;
    private int _hasNews;

    /// <summary>Sets the partitions that this process's relay reads.</summary>
    public void Own(IEnumerable<int> partitions) => Volatile.Write(ref _owned, OutboxPartition.SetOf(partitions));

    /// <summary>Announces that messages of these partitions were committed. Wakes the relay if it owns one of them.</summary>
    /// <param name="partitions">A set, see <see cref="OutboxPartition.SetOf"/>.</param>
    /// <returns>The partitions that belong to other processes. <see cref="OutboxNotifier"/> wakes those.</returns>
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

    /// <summary>Wakes the relay, without new messages.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            _awake.Release();
        }
    }

    /// <summary>True if messages were committed since the last call. Ask before you look for them, or you miss some.</summary>
    public bool TakeNews() => Interlocked.Exchange(ref _hasNews, 0) == 1;

    /// <summary>Waits for a wake-up, for <paramref name="longest"/> at most.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _awake.WaitAsync(either.Token);
            Interlocked.Exchange(ref _isAwake, 0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up.
        }
    }
}
