using System.Diagnostics;
using System.Globalization;
using Amqp;
using ReceiverService.EntityItems;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Inbox;

/// <summary>A delivery as far as it could be read: a change to apply, or the reason why there is none.</summary>
internal sealed record IncomingMessage(
    Message Delivery, Guid? MessageId, string? Type, DateTimeOffset? OccurredAt, EntityItemChange? Change, string? Failure)
{
    public static IncomingMessage Read(Message delivery)
    {
        var messageId = delivery.Properties?.GetMessageId() switch
        {
            Guid uuid => uuid,
            string text when Guid.TryParse(text, out var uuid) => uuid,
            _ => (Guid?)null,
        };
        var type = delivery.Properties?.Subject;
        var read = new IncomingMessage(delivery, messageId, type, OccurredAtOf(delivery), null, null);
        if (messageId is null)
        {
            return read with { Failure = "The message-id is missing or is no UUID." };
        }

        if (type is null)
        {
            return read with { Failure = "The subject, which is the type of the event, is missing." };
        }

        if (delivery.BodySection is not DataSection { Binary: { } body })
        {
            return read with { Failure = "The body is not one data section." };
        }

        if (ApplicationProperty(delivery, "aggregate-version") is not { } version
            || !long.TryParse(Convert.ToString(version, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var aggregateVersion))
        {
            return read with { Failure = "The application property aggregate-version is missing or is no whole number." };
        }

        var (change, failure) = EntityItemChange.Read(type, aggregateVersion, body);
        return read with { Change = change, Failure = failure };
    }

    /// <summary>The trace to continue: that of the sending of this message.</summary>
    public ActivityContext TraceContext =>
        ActivityContext.TryParse(
            ApplicationProperty(Delivery, "cloudEvents:traceparent") as string,
            ApplicationProperty(Delivery, "cloudEvents:tracestate") as string,
            isRemote: true,
            out var context)
            ? context
            : default;

    private static DateTimeOffset? OccurredAtOf(Message delivery) =>
        DateTimeOffset.TryParse(
            ApplicationProperty(delivery, "cloudEvents:time") as string, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static object? ApplicationProperty(Message delivery, string name) =>
        delivery.ApplicationProperties?.Map.TryGetValue(name, out var value) is true ? value : null;
}
