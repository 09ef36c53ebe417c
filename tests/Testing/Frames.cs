using System.Buffers.Binary;
using System.Text;

namespace Testing;

/// <summary>The part of AMQP's encoding (1.6) and frames (2.3) that <see cref="BrokerWire"/> needs.</summary>
public static class Frames
{
    private const byte TransferCode = 0x14;
    private const byte DispositionCode = 0x15;
    private const byte AcceptedCode = 0x24;
    private const byte ReleasedCode = 0x26;

    /// <summary>The delivery-id of a transfer's first frame. Null for other frames.</summary>
    public static uint? DeliveryIdOfTransfer(byte[] frame)
    {
        if (CodeOf(frame) != TransferCode)
        {
            return null;
        }

        var at = FirstField(frame);
        _ = ReadUInt(frame, ref at);
        return ReadUInt(frame, ref at);
    }

    /// <summary>The deliveries that a receiver has accepted. Null for other frames.</summary>
    public static (uint First, uint Last)? AcceptedDeliveries(byte[] frame)
    {
        if (CodeOf(frame) != DispositionCode || frame.AsSpan().IndexOf<byte>([0x00, 0x53, AcceptedCode]) < 0)
        {
            return null;
        }

        // The role is one byte, 0x41 or 0x42: a boolean.
        var at = FirstField(frame) + 1;
        var first = ReadUInt(frame, ref at)!.Value;
        return (first, ReadUInt(frame, ref at) ?? first);
    }

    public static byte[] Accepted(byte[] like, uint id) => Disposition(like, id, [0x00, 0x53, AcceptedCode, 0x45]);

    public static byte[] Released(byte[] like, uint id) => Disposition(like, id, [0x00, 0x53, ReleasedCode, 0x45]);

    public static byte[] Rejected(byte[] like, uint id, string condition, string description) =>
        Disposition(like, id, Composite(0x25, 1, Error(condition, description)));

    public static byte[] Detach(string condition, string description) =>
        Frame(Composite(0x16, 3, [0x43, 0x41, .. Error(condition, description)]));

    public static byte[] Close(string condition, string description) => Frame(Composite(0x18, 1, Error(condition, description)));

    private static byte[] Disposition(byte[] like, uint id, byte[] state)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, id);
        var frame = Frame(Composite(DispositionCode, 5, [0x41, 0x70, .. number, 0x70, .. number, 0x41, .. state]));
        like.AsSpan(6, 2).CopyTo(frame.AsSpan(6));
        return frame;
    }

    private static byte[] Error(string condition, string description) => Composite(
        0x1d,
        2,
        [
            0xa3, (byte)condition.Length, .. Encoding.ASCII.GetBytes(condition),
            0xa1, (byte)description.Length, .. Encoding.UTF8.GetBytes(description),
        ]);

    /// <summary>A described list8 (1.6.22).</summary>
    private static byte[] Composite(byte code, byte count, byte[] fields) =>
        [0x00, 0x53, code, 0xc0, (byte)(fields.Length + 1), count, .. fields];

    private static byte[] Frame(byte[] performative)
    {
        byte[] frame = [0, 0, 0, 0, 2, 0, 0, 0, .. performative];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        return frame;
    }

    /// <summary>The descriptor's code. Null for heartbeats, which have no performative, and for the frames of SASL.</summary>
    private static byte? CodeOf(byte[] frame) =>
        frame.Length > 8 && frame[5] == 0 && frame[8] == 0x00 && frame[9] == 0x53 ? frame[10] : null;

    private static int FirstField(byte[] frame) => frame[11] == 0xc0 ? 14 : 20;

    private static uint? ReadUInt(byte[] frame, ref int at)
    {
        switch (frame[at++])
        {
            case 0x43:
                return 0;
            case 0x52:
                return frame[at++];
            case 0x70:
                at += 4;
                return BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at - 4));
            default:
                return null;
        }
    }
}
