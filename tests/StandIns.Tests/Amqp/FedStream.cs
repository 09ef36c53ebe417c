namespace StandIns.Tests.Amqp;

/// <summary>
/// A peer without a socket. Once the client waits for more (<see cref="IsAwaited"/>), what is fed is read at once, by the thread that feeds
/// it, so that when <see cref="Feed"/> returns the client has done all that it does. What the client writes goes nowhere.
/// </summary>
internal sealed class FedStream : Stream
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _fed = new();
    private (TaskCompletionSource<int> Result, Memory<byte> Buffer)? _reading;
    private bool _ended;
    private int _writes;

    /// <summary>How often the client has written something.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Whether the client has handled all that was fed and waits for more.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return _reading is not null;
            }
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Feed(byte[] bytes)
    {
        lock (_gate)
        {
            _fed.Enqueue(bytes);
        }

        Continue();
    }

    public void End()
    {
        _ended = true;
        Continue();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryTake(buffer, out var count))
            {
                return ValueTask.FromResult(count);
            }

            var result = new TaskCompletionSource<int>();
            cancellationToken.Register(() => result.TrySetCanceled(cancellationToken));
            _reading = (result, buffer);
            return new ValueTask<int>(result.Task);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _writes);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Continue()
    {
        TaskCompletionSource<int> result;
        int count;
        lock (_gate)
        {
            if (_reading is not { } reading || !TryTake(reading.Buffer, out count))
            {
                return;
            }

            result = reading.Result;
            _reading = null;
        }

        result.TrySetResult(count);
    }

    private bool TryTake(Memory<byte> buffer, out int count)
    {
        count = 0;
        if (!_fed.TryPeek(out var piece))
        {
            return _ended;
        }

        count = Math.Min(buffer.Length, piece.Length);
        piece.AsSpan(0, count).CopyTo(buffer.Span);
        _fed.Dequeue();
        if (count < piece.Length)
        {
            var rest = _fed.ToArray();
            _fed.Clear();
            _fed.Enqueue(piece[count..]);
            Array.ForEach(rest, _fed.Enqueue);
        }

        return true;
    }
}
