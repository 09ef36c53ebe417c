namespace Messaging.Inbox.Consuming;

/// <summary>A message that the broker has delivered.</summary>
public sealed class IncomingMessage
{
    private const string Json = "application/json";

    private IncomingMessage(Message delivery) => Delivery = delivery;

    /// <summary>
    /// The id by which duplicates are found. Null if there is none, or it is no UUID: such a message cannot be processed.
    /// </summary>
    public Guid? MessageId { get; private set; }

    /// <summary>The type of the event: the subject of the message.</summary>
    public string Type => Delivery.Properties?.Subject ?? "";

    /// <summary>The version of the aggregate after the change. Null if the message does not say so.</summary>
    public long? AggregateVersion =>
        Convert.ToString(Property(MessageNames.AggregateVersion), CultureInfo.InvariantCulture) is var text
        && long.TryParse(text, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;

    /// <summary>When the change happened at the sender. Null if the message does not say so.</summary>
    public DateTimeOffset? OccurredAt { get; private set; }

    /// <summary>The event, JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    internal Message Delivery { get; }

    /// <summary>What the handler has read. Null if it cannot be read.</summary>
    internal object? Event { get; private set; }

    /// <summary>Why the message cannot be processed. Null if it can.</summary>
    internal string? Failure { get; private set; }

    /// <summary>True if it could not be read, and may be readable when it comes again: see <see cref="UnreadableMessages"/>.</summary>
    internal bool MayBeDamaged { get; set; }

    /// <summary>The trace to continue: that of the sending of this message.</summary>
    internal ActivityContext TraceContext =>
        ActivityContext.TryParse(
            Property(MessageNames.TraceParent) as string, Property(MessageNames.TraceState) as string, isRemote: true, out var context)
            ? context
            : default;

    /// <summary>Value of an application property, of any AMQP type. Null if there is none.</summary>
    public object? Property(string name) =>
        Delivery.ApplicationProperties?.Map.TryGetValue(name, out var value) is true ? value : null;

    /// <summary>The message-id or the correlation-id. Null if it has a type that is not allowed (specification 3.2.11 to 3.2.14).</summary>
    internal static object? IdOf(Func<object?> read)
    {
        try
        {
            return read();
        }
        catch (AmqpException)
        {
            return null;
        }
    }

    /// <summary>Reads a delivery. It never throws: an unreadable message must be kept, and must not stop those behind it.</summary>
    internal static IncomingMessage Read(Message delivery, IInboxHandler handler)
    {
        var message = new IncomingMessage(delivery);
        try
        {
            message.MessageId = IdOf(() => delivery.Properties?.GetMessageId()) switch
            {
                Guid uuid => uuid,
                string text when Guid.TryParse(text, out var uuid) => uuid,
                _ => null,
            };
            message.OccurredAt = message.ReadOccurredAt();
            message.Event = message.ReadEvent(handler) ?? throw new UnreadableMessageException("The handler has read nothing.");
        }
        catch (Exception exception)
        {
            // The reason is kept with the dead letter.
            message.Failure = exception.Message;
        }

        return message;
    }

    /// <summary>Gives up on the message, which becomes a dead letter.</summary>
    internal void Fail(string reason) => (Event, Failure) = (null, reason);

    private object? ReadEvent(IInboxHandler handler)
    {
        if (MessageId is null)
        {
            throw new UnreadableMessageException("The message-id is missing or is no UUID.");
        }

        if (Type.Length == 0)
        {
            throw new UnreadableMessageException("The subject, which is the type of the event, is missing.");
        }

        if (Delivery.Properties?.ContentType?.ToString() is { } contentType && !IsJson(contentType))
        {
            throw new UnreadableMessageException($"The content-type '{contentType}' is not {Json}.");
        }

        Body = IncomingBody.Read(Delivery.BodySection)
            ?? throw new UnreadableMessageException("The body is missing, or is neither data nor text.");
        return handler.Read(this);
    }

    /// <summary>A missing type means JSON. Parameters (RFC 9110, 8.3.1) do not matter, because JSON is UTF-8.</summary>
    private static bool IsJson(string contentType) => contentType.Split(';')[0].Trim().Equals(Json, StringComparison.OrdinalIgnoreCase);

    private DateTimeOffset? ReadOccurredAt()
    {
        var occurredAt = Property(MessageNames.Time) switch
        {
            DateTime time => new DateTimeOffset(time.ToUniversalTime()),
            string text when DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
            _ => (DateTimeOffset?)null,
        };

        // A client that never set the time sends the lowest one. The database would take it for infinitely long ago, and the highest for
        // the future.
        return occurredAt == DateTimeOffset.MinValue || occurredAt == DateTimeOffset.MaxValue ? null : occurredAt;
    }
}
