using Amqp;
using Messaging.Amqp;

namespace Messaging.Tests.Amqp;

public sealed class GatheringTransportTests
{
    private readonly RecordingSocket _socket = new();

    [Fact]
    public async Task Frames_that_are_sent_together_are_one_write_in_their_order()
    {
        var transport = new GatheringTransport(_socket);
        await transport.SendAsync([Frame(1, 2), Frame(3), Frame(4, 5, 6)], 6);
        await transport.SendAsync([Frame(7)], 1);

        // More than there is room for at first.
        var large = Enumerable.Repeat((byte)8, 100_000).ToArray();
        await transport.SendAsync([Frame(9), Frame(large)], 100_001);
        Assert.Equal([[1, 2, 3, 4, 5, 6], [7], [9, .. large]], _socket.Written);
    }

    [Fact]
    public async Task A_write_does_not_begin_on_the_thread_that_sends()
    {
        var transport = new GatheringTransport(_socket);
        _socket.MayWrite.Reset();
        var sending = transport.SendAsync([Frame(1)], 1);
        _socket.MayWrite.Set();
        await sending;
        Assert.Single(_socket.Written);
    }

    [Fact]
    public async Task One_read_serves_many_frames_and_the_bytes_keep_their_order()
    {
        byte[] sent = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        _socket.ToRead.Enqueue(sent[..600]);
        _socket.ToRead.Enqueue(sent[600..]);
        var transport = new GatheringTransport(_socket);
        var buffer = new byte[sent.Length];
        var end = 0;
        var reads = 0;
        while (end < sent.Length)
        {
            var count = await transport.ReceiveAsync(buffer, end, Math.Min(7, sent.Length - end));
            Assert.NotEqual(0, count);
            end += count;
            reads++;
        }

        Assert.Equal(sent, buffer);
        Assert.Equal(2, _socket.Reads);
        Assert.InRange(reads, 100, 200);
        Assert.Equal(0, await transport.ReceiveAsync(buffer, 0, 7)); // The end of the connection stays visible.
    }

    private static ByteBuffer Frame(params byte[] bytes) => new(bytes, 0, bytes.Length, bytes.Length);

    /// <summary>Notes what is written, and hands out what it was given.</summary>
    private sealed class RecordingSocket : IAsyncTransport
    {
        public List<byte[]> Written { get; } = [];

        public ManualResetEventSlim MayWrite { get; } = new(initialState: true);

        public Queue<byte[]> ToRead { get; } = [];

        public int Reads { get; private set; }

        public Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
        {
            Assert.True(MayWrite.Wait(TimeSpan.FromSeconds(30)), "It is written on the thread that sends.");
            Written.Add(bufferList.Single().Buffer.AsSpan(bufferList[0].Offset, listSize).ToArray());
            return Task.CompletedTask;
        }

        public Task<int> ReceiveAsync(byte[] buffer, int offset, int count)
        {
            if (!ToRead.TryDequeue(out var bytes))
            {
                return Task.FromResult(0);
            }

            Reads++;
            bytes.CopyTo(buffer, offset);
            return Task.FromResult(bytes.Length);
        }

        public void SetConnection(Connection connection) => throw new NotSupportedException();

        public void Send(ByteBuffer buffer) => throw new NotSupportedException();

        public int Receive(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public void Close() => throw new NotSupportedException();
    }
}
