using System.Text.Json.Serialization;

namespace Messaging.Outbox.Writing;

/// <summary>
/// The trace context of the request that caused a message (W3C Trace Context and Baggage). It is stored with the row, so that one trace
/// leads from the POST to the consumer, although the relay publishes later. A trace that nobody records is not passed on: the consumer
/// would take it for a decision not to record, and drop its own spans too.
/// </summary>
internal sealed record OutboxHeaders(string CorrelationId, string? TraceParent, string? TraceState, string? Baggage)
{
    /// <summary>The headers of the current activity. Without an activity, the message starts a conversation of its own.</summary>
    public static OutboxHeaders Current(Guid messageId)
    {
        if (Activity.Current is not { } activity)
        {
            return new(messageId.ToString(), null, null, null);
        }

        string? baggage = null;
        DistributedContextPropagator.Current.Inject(activity, null, (_, name, value) =>
        {
            if (name == "baggage" || (name == "Correlation-Context" && baggage is null))
            {
                baggage = value;
            }
        });
        return new(
            activity.TraceId.ToHexString(),
            activity.Recorded ? activity.Id : null,
            activity.Recorded ? activity.TraceStateString : null,
            baggage);
    }

    /// <summary>The trace to continue. Default if the message has none.</summary>
    [JsonIgnore]
    public ActivityContext TraceContext =>
        ActivityContext.TryParse(TraceParent, TraceState, isRemote: true, out var context) ? context : default;
}
