using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Amqp.Transport;

/// <summary>
/// Cuts what a peer sends into frames (2.3). One buffer, which holds as many frames as have arrived and never more than one frame of the largest
/// size that we allow: a peer that announces a larger one is at fault, and is not given the memory.
/// </summary>
internal sealed class FrameReader(Stream stream, int maxFrameSize)
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = new byte[Math.Min(InitialSize, maxFrameSize)];
    private int _start;
    private int _end;

    /// <summary>When something last came from the peer, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long LastRead { get; private set; } = Environment.TickCount64;

    /// <summary>Takes the next whole frame from the buffer. It stays valid until <see cref="FillAsync"/>.</summary>
    public bool TryRead(byte type, out ushort channel, out ReadOnlySpan<byte> body)
    {
        channel = 0;
        body = default;
        var available = _buffer.AsSpan(_start, _end - _start);
        if (available.Length < Frame.HeaderSize)
        {
            return false;
        }

        var size = CheckHeader(available, type);
        if (available.Length < size)
        {
            return false;
        }

        channel = BinaryPrimitives.ReadUInt16BigEndian(available[6..]);
        body = available[(available[4] * 4)..size];
        _start += size;
        return true;
    }

    /// <summary>
    /// Waits for more bytes; false when the peer has closed its side. Waiting comes with nearly every message: its state is pooled.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        LastRead = Environment.TickCount64;
        return read > 0;
    }

    /// <summary>Nothing was read for a while because nobody asked for it: that is not the peer's silence (2.4.5).</summary>
    public void ResumeClock() => LastRead = Environment.TickCount64;

    /// <summary>Reads a frame while the connection is being set up; null when the peer has closed its side.</summary>
    public async Task<byte[]> ReadFrameAsync(byte type, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryRead(type, out _, out var body))
            {
                return body.ToArray();
            }

            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Reads the peer's protocol header (2.2) and checks that it is the one that was asked for.</summary>
    /// <exception cref="OperationCanceledException">The peer hung up: the package has no better word for it either.</exception>
    public async Task ReadProtocolHeaderAsync(byte[] expected, CancellationToken cancellationToken)
    {
        while (_end - _start < ProtocolHeader.Size)
        {
            if (!await FillAsync(cancellationToken))
            {
                throw new OperationCanceledException("The peer hung up before it said which protocol it speaks.");
            }
        }

        var header = _buffer.AsSpan(_start, ProtocolHeader.Size);
        if (!header.SequenceEqual(expected))
        {
            throw new AmqpException(
                ErrorCode.NotImplemented,
                $"The peer does not speak {Convert.ToHexString(expected)} (AMQP 1.0), it answered {Convert.ToHexString(header)}.");
        }

        _start += ProtocolHeader.Size;
    }

    private int CheckHeader(ReadOnlySpan<byte> header, byte type)
    {
        var size = BinaryPrimitives.ReadUInt32BigEndian(header);
        var bodyOffset = header[4] * 4;
        if (size > (uint)maxFrameSize || bodyOffset < Frame.HeaderSize || size < (uint)bodyOffset)
        {
            var description = $"A frame has {size} bytes, its body at {bodyOffset}; at most {maxFrameSize} are allowed.";
            throw new AmqpException(ErrorCode.FramingError, description);
        }

        return header[5] == type
            ? (int)size
            : throw new AmqpException(ErrorCode.FramingError, $"A frame has the type {header[5]}, not {type}.");
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            return;
        }

        var wanted = _end - _start < Frame.HeaderSize
            ? Frame.HeaderSize
            : (int)BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (_buffer.Length - _start >= wanted)
        {
            return;
        }

        var target = _buffer.Length >= wanted ? _buffer : new byte[Math.Min((long)maxFrameSize, Math.Max(wanted, _buffer.Length * 2L))];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _buffer = target;
        _end -= _start;
        _start = 0;
    }
}
