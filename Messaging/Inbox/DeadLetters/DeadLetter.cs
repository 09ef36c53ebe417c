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
        MessageId = Convert.ToString(message.Delivery.Properties?.GetMessageId(), CultureInfo.InvariantCulture) is { Length: > 0 } id
            ? PostgresText.Storable(id)
            : null,
        Type = message.Type.Length > 0 ? PostgresText.Storable(message.Type) : null,
        Reason = PostgresText.Storable(message.Failure!),
        Message = Encode(message.Delivery),
        Preview = DeadLetterPreview.Of(message.Delivery),
    };

    public Message Decode() => OnDeepStack(() => global::Amqp.Message.Decode(new ByteBuffer(Message, 0, Message.Length, Message.Length)));

    /// <summary>Replaces the body by JSON that an operator has corrected.</summary>
    public void Correct(byte[] body)
    {
        var message = Decode();
        message.BodySection = new DataSection { Binary = body };
        Message = Encode(message);
        Preview = DeadLetterPreview.Of(message);
    }

    private static byte[] Encode(Message message) => OnDeepStack(() =>
    {
        var buffer = message.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    });

    /// <summary>
    /// AMQPNetLite encodes and decodes by recursion, and a message may be nested as deep as its sender likes. On the stack of a pool thread
    /// that could end the process.
    /// </summary>
    private static T OnDeepStack<T>(Func<T> work)
    {
        const int StackSize = 256 * 1024 * 1024;
        T result = default!;
        var thread = new Thread(() => result = work(), StackSize);
        thread.Start();
        thread.Join();
        return result;
    }
}
