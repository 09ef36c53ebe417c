namespace Messaging.Outbox.Relay;

/// <summary>The spans of the relay, named after the OpenTelemetry conventions for messaging.</summary>
internal static class RelayTelemetry
{
    private static readonly ActivitySource Source = new(OutboxExtensions.TelemetryName);

    /// <summary>Starts the span of sending one message, as a child of the request that wrote it. Null if nobody listens.</summary>
    public static Activity? StartSend(PendingMessage message, string queue)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = Source.StartActivity(ActivityKind.Producer, message.Headers.TraceContext, name: $"send {queue}");

        // Many messages are in flight in one flow of control. None of them is the parent of the others.
        Activity.Current = current;
        return span?
            .Describe("send", queue, message.MessageId, message.Headers.CorrelationId)
            .SetTag("outbox.message.type", message.Type)
            .SetTag("outbox.aggregate.id", message.AggregateId);
    }

    public static void EndSend(Activity? span, string? failure)
    {
        if (span is null)
        {
            return;
        }

        var current = Activity.Current;
        span.End(failure);
        Activity.Current = current;
    }
}
