namespace SenderService.Outbox;

/// <summary>Wakes the relay of this process: there may be something to publish. Signals that come while one is pending are one.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _pending;

    public void Set()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            _semaphore.Release();
        }
    }

    /// <summary>Waits for a signal, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (await _semaphore.WaitAsync(longest, cancellationToken))
        {
            // Before the caller looks for work, so that what is committed during its look signals again.
            Interlocked.Exchange(ref _pending, 0);
        }
    }

    public void Dispose() => _semaphore.Dispose();
}
