using System.Diagnostics;
using System.Globalization;
using Amqp;
using ReceiverService.EntityItems;

namespace ReceiverService.Inbox;

/// <summary>A delivery as far as it could be read: a change to apply, or the reason why there is none.</summary>
internal sealed record IncomingMessage(
    Message Delivery, Guid? MessageId, string? Type, DateTimeOffset? OccurredAt, EntityItemChange? Change, string? Failure)
{
    private const string Json = "application/json";

    /// <summary>The trace to continue: that of the sending of this message.</summary>
    public ActivityContext TraceContext =>
        ActivityContext.TryParse(
            ApplicationProperty("cloudEvents:traceparent") as string,
            ApplicationProperty("cloudEvents:tracestate") as string,
            isRemote: true,
            out var context)
            ? context
            : default;

    /// <summary>Reads a delivery. It throws for none: what cannot be read has to be kept, and must not stop those behind it.</summary>
    public static IncomingMessage Read(Message delivery)
    {
        var messageId = delivery.Properties?.GetMessageId() switch
        {
            Guid uuid => uuid,
            string text when Guid.TryParse(text, out var uuid) => uuid,
            _ => (Guid?)null,
        };
        var message = new IncomingMessage(delivery, messageId, delivery.Properties?.Subject, null, null, null);
        var (change, failure) = message.ReadChange();
        return message with { OccurredAt = message.ReadOccurredAt(), Change = change, Failure = failure };
    }

    private (EntityItemChange? Change, string? Failure) ReadChange()
    {
        if (MessageId is null)
        {
            return (null, "The message-id is missing or is no UUID.");
        }

        if (Type is null)
        {
            return (null, "The subject, which is the type of the event, is missing.");
        }

        if (Delivery.Properties?.ContentType?.ToString() is { } contentType && !IsJson(contentType))
        {
            return (null, $"The content-type '{contentType}' is not {Json}.");
        }

        if (ApplicationProperty("aggregate-version") is not { } version
            || !long.TryParse(Convert.ToString(version, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var aggregateVersion))
        {
            return (null, "The application property aggregate-version is missing or is no whole number.");
        }

        return IncomingBody.TryRead(Delivery.BodySection, out var body)
            ? EntityItemChange.Read(Type, aggregateVersion, body)
            : (null, "The body is missing, or is neither data nor text.");
    }

    /// <summary>A sender that says nothing means JSON; parameters (RFC 9110, 8.3.1) are not looked at, as JSON is UTF-8.</summary>
    private static bool IsJson(string contentType) => contentType.AsSpan(0, contentType.IndexOf(';') is >= 0 and var end ? end : contentType.Length)
        .Trim().Equals(Json, StringComparison.OrdinalIgnoreCase);

    private DateTimeOffset? ReadOccurredAt()
    {
        var occurredAt = ApplicationProperty("cloudEvents:time") switch
        {
            DateTime time => new DateTimeOffset(time.ToUniversalTime()),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
            _ => (DateTimeOffset?)null,
        };

        // A client that never set it does not say when it was, and the database would take it for infinitely long ago, or to come.
        return occurredAt == DateTimeOffset.MinValue || occurredAt == DateTimeOffset.MaxValue ? null : occurredAt;
    }

    private object? ApplicationProperty(string name) => Delivery.ApplicationProperties?.Map.TryGetValue(name, out var value) is true ? value : null;
}
