namespace Messaging.Inbox.Consuming;

/// <summary>The spans of the consumer, named after the OpenTelemetry conventions for messaging.</summary>
internal static class InboxTelemetry
{
    private static readonly ActivitySource Source = new(InboxExtensions.TelemetryName);

    /// <summary>Starts the span of processing each message, as a child of the span that sent it. Null if nobody listens.</summary>
    public static Activity?[]? StartProcess(IReadOnlyList<IncomingMessage> messages, string queue) =>
        Source.HasListeners() ? [.. messages.Select(message => StartProcess(message, isAlone: messages.Count == 1, queue))] : null;

    /// <summary>Ends the spans of committed messages. The span of a dead letter ends as failed.</summary>
    public static void EndProcess(Activity?[]? spans, IReadOnlyList<IncomingMessage> messages)
    {
        for (var i = 0; i < spans?.Length; i++)
        {
            spans[i]?.End(messages[i].Failure);
        }
    }

    /// <summary>Ends the spans of messages whose transaction was rolled back. Each gets another span when it is tried again.</summary>
    public static void EndProcess(Activity?[]? spans, Exception failure)
    {
        foreach (var span in spans ?? [])
        {
            // Of several messages, nobody knows yet which one has failed.
            span?.End(spans!.Length == 1 ? failure.Message : null);
        }
    }

    private static Activity? StartProcess(IncomingMessage message, bool isAlone, string queue)
    {
        var current = Activity.Current;
        var span = Source.StartActivity(ActivityKind.Consumer, message.TraceContext, name: $"process {queue}");
        if (!isAlone)
        {
            // The statements of a batch serve all its messages, so they belong to none of them.
            Activity.Current = current;
        }

        return span is not { IsAllDataRequested: true } ? span : span.Describe(
            "process", queue, message.MessageId, IncomingMessage.IdOf(() => message.Delivery.Properties?.GetCorrelationId()));
    }
}
