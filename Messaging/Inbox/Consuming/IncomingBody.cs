using System.Text;
using Amqp.Types;
using DataSection = Amqp.Framing.Data;

namespace Messaging.Inbox.Consuming;

/// <summary>The body of a message (specification 3.2.6 to 3.2.8) as bytes.</summary>
internal static class IncomingBody
{
    /// <summary>The bytes of a data section, or of a value that is text or binary. Many clients send text as a value by default.</summary>
    /// <returns>Null if the body is missing, or is anything else.</returns>
    public static byte[]? Read(RestrictedDescribed? section) => section switch
    {
        DataSection data => data.Binary ?? [],
        DataList list => [.. Enumerable.Range(0, list.Count).SelectMany(index => list[index].Binary ?? [])],
        AmqpValue { Value: string text } => Encoding.UTF8.GetBytes(text),
        AmqpValue { Value: byte[] binary } => binary,
        _ => null,
    };
}
