namespace Amqp.Transport;

/// <summary>
/// What the reader's thread appends while it handles what it has read is held back until it is done with that, and is then written by that
/// thread: a hundred outcomes that each send the next message cost one write and wake nobody.
/// </summary>
internal sealed partial class FrameWriter
{
    /// <summary>How much is held back at most, in bytes.</summary>
    private const int HeldBack = 64 * 1024;

    /// <summary>For how long it is held back at most: the application's callbacks, which the reader runs, may take their time.</summary>
    private static readonly TimeSpan HoldingTime = TimeSpan.FromMilliseconds(10);

    private int _holdingThread;
    private bool _isHolding;

    /// <summary>From now on holds back what this thread has written, until <see cref="Release"/>.</summary>
    public void Hold() => _holdingThread = Environment.CurrentManagedThreadId;

    /// <summary>Writes what was held back. Called without the gate; does not wait for a slow peer.</summary>
    public void Release()
    {
        _holdingThread = 0;
        if (TryBegin(wasQueued: false))
        {
            _ = WriteGatheredAsync();
        }
    }

    private void OnHoldingEnds()
    {
        lock (_gate)
        {
            _isHolding = false;
            Wake();
        }
    }
}
