using System.Diagnostics;

namespace SenderService.Outbox;

/// <summary>
/// What a message takes along from the request that caused it, so that one trace goes from the POST to the consumer even though the relay
/// publishes later and elsewhere (W3C Trace Context and Baggage).
/// </summary>
internal sealed record OutboxHeaders(string CorrelationId, string? TraceParent, string? TraceState, string? Baggage)
{
    /// <summary>Those of the current activity. Without one the message is the start of its own conversation.</summary>
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
        return new(activity.TraceId.ToHexString(), activity.Id, activity.TraceStateString, baggage);
    }

    /// <summary>The context to continue, if the message has one.</summary>
    public ActivityContext TraceContext =>
        ActivityContext.TryParse(TraceParent, TraceState, isRemote: true, out var context) ? context : default;
}
