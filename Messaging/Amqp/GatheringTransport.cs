namespace Messaging.Amqp;

/// <summary>
/// Gathers frames on their way to and from the socket. AMQPNetLite makes a system call for each frame that it sends, because it writes
/// the first one at once, on the thread that sends it. Here the first one waits for another thread. The client queues what comes
/// meanwhile, and then writes all of it at once. One read takes what has come, up to <see cref="BufferSize"/>, and the client gets its
/// frames from there.
/// </summary>
/// <param name="socket">The client's own transport, with TLS or without.</param>
internal sealed class GatheringTransport(IAsyncTransport socket) : IAsyncTransport
{
    /// <summary>Room for a hundred usual messages.</summary>
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _received = new byte[BufferSize];
    private int _next;
    private int _end;

    /// <summary>The frames of one write, one behind the other. The client writes once at a time.</summary>
    private byte[] _gathered = new byte[BufferSize];

    public void SetConnection(Connection connection) => socket.SetConnection(connection);

    public async Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        await Task.Yield();
        await socket.SendAsync(bufferList.Count == 1 ? bufferList : [Gather(bufferList, listSize)], listSize);
    }

    public async Task<int> ReceiveAsync(byte[] buffer, int offset, int count)
    {
        if (_next == _end)
        {
            _next = 0;
            _end = await socket.ReceiveAsync(_received, 0, BufferSize);
        }

        return Take(buffer, offset, count);
    }

    /// <summary>Only the handshake of SASL sends in this way, before this transport is used.</summary>
    public void Send(ByteBuffer buffer) => socket.Send(buffer);

    public int Receive(byte[] buffer, int offset, int count) =>
        _next < _end ? Take(buffer, offset, count) : socket.Receive(buffer, offset, count);

    public void Close() => socket.Close();

    private int Take(byte[] buffer, int offset, int count)
    {
        var taken = Math.Min(count, _end - _next);
        Buffer.BlockCopy(_received, _next, buffer, offset, taken);
        _next += taken;
        return taken;
    }

    private ByteBuffer Gather(IList<ByteBuffer> frames, int size)
    {
        if (_gathered.Length < size)
        {
            _gathered = new byte[size];
        }

        var end = 0;
        foreach (var frame in frames)
        {
            Buffer.BlockCopy(frame.Buffer, frame.Offset, _gathered, end, frame.Length);
            end += frame.Length;
        }

        return new ByteBuffer(_gathered, 0, size, size);
    }
}
