using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>
/// A body that is a list in a list, and so on. It is written as bytes, because recursive encoding would need a deep stack.
/// </summary>
internal sealed class NestedValue : AmqpValue
{
    private const byte List32 = 0xD0;
    private const byte EmptyList = 0x45;
    private const int HeadLength = 9;

    private readonly byte[] _encoded;

    public NestedValue(int depth)
    {
        _encoded = new byte[(depth * HeadLength) + 1];
        _encoded[^1] = EmptyList;
        for (var at = 0; at < _encoded.Length - 1; at += HeadLength)
        {
            // Its size, with the count (specification 1.6.22), and one item.
            _encoded[at] = List32;
            AmqpBitConverter.WriteInt(_encoded, at + 1, _encoded.Length - at - 5);
            AmqpBitConverter.WriteInt(_encoded, at + 5, 1);
        }

        Value = "The client estimates the size of the message by this.";
    }

    /// <summary>The same value as lists, for a place that does not take bytes.</summary>
    public static List Lists(int depth)
    {
        var outermost = new List();
        for (var i = 0; i < depth; i++)
        {
            outermost = [outermost];
        }

        return outermost;
    }

    protected override void WriteValue(ByteBuffer buffer, object value) =>
        AmqpBitConverter.WriteBytes(buffer, _encoded, 0, _encoded.Length);
}
