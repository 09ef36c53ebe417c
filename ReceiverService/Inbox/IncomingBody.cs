using System.Text;
using Amqp.Framing;
using Amqp.Types;
using ReceiverService.DeadLetters;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Inbox;

/// <summary>The bodies that messages have (specification 3.2.6 to 3.2.8), as the bytes of an event.</summary>
internal static class IncomingBody
{
    /// <summary>
    /// The bytes of data, or of a value that is text or binary: many clients send text as a value unless they are told otherwise.
    /// </summary>
    public static bool TryRead(RestrictedDescribed? section, out byte[] body)
    {
        var read = section switch
        {
            DataSection data => data.Binary ?? [],
            DataList list => Enumerable.Range(0, list.Count).SelectMany(index => list[index].Binary ?? []).ToArray(),
            AmqpValue { Value: string text } => Encoding.UTF8.GetBytes(text),
            AmqpValue { Value: byte[] binary } => binary,
            _ => null,
        };
        body = read ?? [];
        return read is not null;
    }

    /// <summary>
    /// The bytes, or JSON that shows what there is instead of them. A null is no body: AMQPNetLite sends one for a message that has none.
    /// </summary>
    public static byte[] Show(RestrictedDescribed? section) => TryRead(section, out var body) ? body : section switch
    {
        AmqpValue value => Encoding.UTF8.GetBytes(AmqpJson.Of(value.Value)?.ToJsonString() ?? ""),
        AmqpSequence sequence => Encoding.UTF8.GetBytes(AmqpJson.Of(sequence.List)?.ToJsonString() ?? ""),
        _ => [],
    };
}
