using System.Buffers.Binary;

namespace ReceiverService.Tests.Wires;

/// <summary>Counts frames of one kind on all connections.</summary>
internal sealed class FrameCount
{
    private long _count;

    public long Value => Interlocked.Read(ref _count);

    /// <summary>AMQP transfers (2.7.5). Each is one delivery, if messages fit into a frame.</summary>
    public IStreamCounter OfTransfers() => new Stream(this, OfAmqpFrame, 12);

    private static (int Length, bool Counts) OfAmqpFrame(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("AMQP"u8)
            ? (8, false)
            : (BinaryPrimitives.ReadInt32BigEndian(bytes), bytes[5] == 0 && bytes[(bytes[4] * 4)..] is [0x00, 0x53, 0x14, ..]);

    private delegate (int Length, bool Counts) ReadHead(ReadOnlySpan<byte> bytes);

    /// <summary>Splits a stream into frames by their headers.</summary>
    private sealed class Stream(FrameCount total, ReadHead read, int headLength) : IStreamCounter
    {
        private readonly List<byte> _pending = [];

        public void Pass(ReadOnlySpan<byte> bytes)
        {
            _pending.AddRange(bytes);
            var pending = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending);
            var at = 0;
            while (pending.Length - at >= 8 && (pending.Length - at >= headLength || pending[at..].StartsWith("AMQP"u8)))
            {
                var (length, counts) = read(pending[at..]);
                if (pending.Length - at < length)
                {
                    break;
                }

                at += length;
                if (counts)
                {
                    Interlocked.Increment(ref total._count);
                }
            }

            _pending.RemoveRange(0, at);
        }
    }
}
