using System.Text;
using Amqp.Types;
using DataSection = Amqp.Framing.Data;

namespace Messaging.Inbox.Consuming;

/// <summary>The body of a message (specification 3.2.6 to 3.2.8) as bytes.</summary>
internal static class IncomingBody
{
    private const byte Binary8 = 0xA0;
    private const byte Binary32 = 0xB0;
    private const byte String8 = 0xA1;
    private const byte String32 = 0xB1;

    /// <summary>The bytes of a data section, or of a value that is text or binary. Many clients send text as a value by default.</summary>
    /// <returns>Null if the body is missing, or is anything else.</returns>
    public static byte[]? Read(RestrictedDescribed? section) => section switch
    {
        DataSection data => data.Binary ?? [],
        DataList list => [.. Enumerable.Range(0, list.Count).SelectMany(index => list[index].Binary ?? [])],
        AmqpValue value when MayBeBytes(value) => value.Value switch
        {
            string text => Encoding.UTF8.GetBytes(text),
            byte[] binary => binary,
            _ => null,
        },
        _ => null,
    };

    /// <summary>
    /// AMQPNetLite decodes a value when somebody asks for it, and cannot decode one that is nested more than 64 deep. So the type is read
    /// from the encoding (specification 1.6).
    /// </summary>
    private static bool MayBeBytes(AmqpValue value) =>
        value.ValueBuffer is not { Length: > 0 } encoded
        || encoded.Buffer[encoded.Offset] is Binary8 or Binary32 or String8 or String32;
}
