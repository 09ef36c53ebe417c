namespace Amqp.Transport;

/// <summary>
/// What goes out. Frames are appended to a buffer under the connection's gate, so their order on the wire is the order of the state
/// changes that they tell; one loop writes whatever has gathered, so that many frames cost one write. Two buffers take turns.
/// </summary>
internal sealed partial class FrameWriter : IThreadPoolWorkItem, IDisposable
{
    /// <summary>More than this is not gathered: transfers then wait inside their links, where they can still be taken back.</summary>
    private const int HighWater = 256 * 1024;

    private const int KeptCapacity = 1024 * 1024;

    private readonly Stream _stream;
    private readonly Lock _gate;
    private readonly Action _onDrained;
    private readonly Action<Exception> _onFailed;
    private readonly Timer _holdingEnds;
    private ByteBuffer _gathering = new(16 * 1024);
    private ByteBuffer _writing = new(16 * 1024);
    private bool _running;
    private bool _queued;
    private bool _failed;
    private TaskCompletionSource _flushed;

    public FrameWriter(Stream stream, Lock gate, Action onDrained, Action<Exception> onFailed)
    {
        (_stream, _gate, _onDrained, _onFailed) = (stream, gate, onDrained, onFailed);
        _holdingEnds = new Timer(static writer => ((FrameWriter)writer).OnHoldingEnds(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Where frames are appended, under the gate; call <see cref="Wake"/> afterwards.</summary>
    public ByteBuffer Buffer => _gathering;

    /// <summary>
    /// How often what was gathered has been taken away to be written: while it stays the same, what was appended can still be changed.
    /// </summary>
    public int Turn { get; private set; }

    /// <summary>Whether there is room for transfers; <c>onDrained</c> is called when there is again.</summary>
    public bool HasRoom => _gathering.Length < HighWater;

    /// <summary>When something was last written, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastWrite { get; private set; } = Environment.TickCount64;

    /// <summary>Has what was gathered written, unless it is held back. Called under the gate.</summary>
    public void Wake()
    {
        if (!CanStart)
        {
            return;
        }

        if (_holdingThread != Environment.CurrentManagedThreadId || _gathering.Length > HeldBack)
        {
            Start();
        }
        else if (!_isHolding)
        {
            _isHolding = true;
            _holdingEnds.Change(HoldingTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Completes when everything gathered so far has been written or cannot be any more. Called under the gate.</summary>
    public Task FlushAsync()
    {
        if (CanStart)
        {
            Start();
        }

        if (!_running && !_queued)
        {
            return Task.CompletedTask;
        }

        _flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _flushed.Task;
    }

    public void Dispose() => _holdingEnds.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        if (TryBegin(wasQueued: true))
        {
            _ = WriteGatheredAsync();
        }
    }

    private bool CanStart => !_running && !_queued && !_failed && _gathering.Length > 0;

    /// <summary>Makes this thread the one that writes, unless there is one, or nothing to write.</summary>
    /// <param name="wasQueued">Whether this is what <see cref="Start"/> has queued: nothing to do if the reader was faster.</param>
    private bool TryBegin(bool wasQueued)
    {
        lock (_gate)
        {
            if (_running || _failed || (wasQueued ? !_queued : _gathering.Length == 0))
            {
                return false;
            }

            _queued = false;
            _running = true;
            return true;
        }
    }

    private void Start()
    {
        _queued = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task WriteGatheredAsync()
    {
        try
        {
            while (TrySwap(out var hadNoRoom))
            {
                if (hadNoRoom)
                {
                    _onDrained();
                }

                await _stream.WriteAsync(_writing.WrittenMemory);
                LastWrite = Environment.TickCount64;
            }
        }
        catch (Exception exception)
        {
            // Whatever it was, nothing can be written any more: everybody who waits is told, with this as the reason.
            Fail();
            _onFailed(exception);
        }
    }

    private bool TrySwap(out bool hadNoRoom)
    {
        lock (_gate)
        {
            hadNoRoom = !HasRoom;
            _writing.Clear();
            if (_writing.Capacity > KeptCapacity)
            {
                _writing = new ByteBuffer(16 * 1024);
            }

            if (_gathering.Length == 0)
            {
                _running = false;
                SignalFlushed();
                return false;
            }

            (_gathering, _writing) = (_writing, _gathering);
            Turn++;
            return true;
        }
    }

    private void Fail()
    {
        lock (_gate)
        {
            _failed = true;
            _queued = false;
            _running = false;
            _gathering.Clear();
            SignalFlushed();
        }
    }

    private void SignalFlushed()
    {
        _flushed?.TrySetResult();
        _flushed = null;
    }
}
