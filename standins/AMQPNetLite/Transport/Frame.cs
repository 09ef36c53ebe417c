using System.Buffers.Binary;

namespace Amqp.Transport;

/// <summary>
/// Frames (2.3): four bytes of size, one that says where the body starts in words of four bytes, one of type, and two of channel.
/// </summary>
internal static class Frame
{
    public const int HeaderSize = 8;
    public const byte AmqpType = 0;
    public const byte SaslType = 1;

    /// <summary>What every peer must be able to take (2.8.5, MIN-MAX-FRAME-SIZE).</summary>
    public const int MinMaxFrameSize = 512;

    private const byte BodyAtOnce = 2;

    /// <summary>Starts a frame at the end of <paramref name="buffer"/>; <see cref="End"/> fills in its size.</summary>
    /// <returns>Where the frame starts.</returns>
    public static int Begin(ByteBuffer buffer, byte type, ushort channel)
    {
        var start = buffer.Length;
        var header = buffer.Reserve(HeaderSize);
        header[4] = BodyAtOnce;
        header[5] = type;
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], channel);
        return start;
    }

    public static void End(ByteBuffer buffer, int start) =>
        BinaryPrimitives.WriteUInt32BigEndian(buffer.Slice(start, 4), (uint)(buffer.Length - start));
}
