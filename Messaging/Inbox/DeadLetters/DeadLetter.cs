using DataSection = Amqp.Framing.Data;

namespace Messaging.Inbox.DeadLetters;

/// <summary>
/// A message that cannot be processed, with the reason. The encoded message is the truth. The other columns are for operators. To store it
/// must not fail, whatever the message contains: the messages behind it would wait for ever.
/// </summary>
internal sealed class DeadLetter
{
    public long Id { get; init; }

    /// <summary>The message's id as it came. It may be missing, or be no UUID.</summary>
    public string? MessageId { get; init; }

    public string? Type { get; init; }

    /// <summary>Why it cannot be processed. After a failed replay: why it still cannot.</summary>
    public required string Reason { get; set; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Number of failed replays.</summary>
    public int Replays { get; set; }

    /// <summary>The whole message as AMQP encodes it (specification 3.2).</summary>
    public required byte[] Message { get; set; }

    /// <summary>Properties and the beginning of the body as JSON: see <see cref="DeadLetterPreview"/>.</summary>
    public required string Preview { get; set; }

    public static DeadLetter Of(IncomingMessage message) => new()
    {
        MessageId = MessageIdOf(message.Delivery) is { Length: > 0 } id ? PostgresText.Storable(id) : null,
        Type = message.Type.Length > 0 ? PostgresText.Storable(message.Type) : null,
        Reason = PostgresText.Storable(message.Failure!),

        // Before the preview, which decodes the body: what is not decoded is copied as it came.
        Message = Encode(message.Delivery),
        Preview = DeadLetterPreview.Of(message.Delivery),
    };

    /// <summary>Encodes a message so that it can be decoded again.</summary>
    public static byte[] Encode(Message message)
    {
        try
        {
            var encoded = Bytes(message);
            Decode(encoded);
            return encoded;
        }
        catch (Exception)
        {
            // AMQPNetLite cannot encode everything that it decodes: an empty array, for example, becomes unreadable. What it needs for a
            // replay is left.
            var kept = new Message { Header = message.Header, Properties = message.Properties, ApplicationProperties = new() };
            var simple = message.ApplicationProperties?.Map.Where(property => property.Value is IConvertible or Guid or byte[]);
            foreach (var (name, value) in simple ?? [])
            {
                kept.ApplicationProperties[name] = value;
            }

            kept.BodySection = message.BodySection is AmqpSequence ? null : message.BodySection;
            return Bytes(kept);
        }
    }

    public Message Decode() => Decode(Message);

    /// <summary>Replaces the body by JSON that an operator has corrected.</summary>
    public void Correct(byte[] body)
    {
        var message = Decode(Message);
        message.BodySection = new DataSection { Binary = body };
        message.Properties?.ContentType = "application/json";
        (Message, Preview) = (Encode(message), DeadLetterPreview.Of(message));
    }

    private static string? MessageIdOf(Message message) => IncomingMessage.IdOf(() => message.Properties?.GetMessageId()) switch
    {
        byte[] binary => Convert.ToHexStringLower(binary),
        var id => Convert.ToString(id, CultureInfo.InvariantCulture),
    };

    private static Message Decode(byte[] encoded) =>
        global::Amqp.Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length));

    private static byte[] Bytes(Message message)
    {
        var buffer = message.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }
}
