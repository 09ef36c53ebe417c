using System.Diagnostics;

namespace ReceiverService.Inbox;

/// <summary>The consumer's spans, named and attributed after the OpenTelemetry conventions for messaging.</summary>
internal static class InboxTelemetry
{
    public const string Name = "ReceiverService.Inbox";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>One batch: a trace of its own, as it serves many.</summary>
    public static Activity? StartBatch(int size, string queue) =>
        Source.StartActivity($"receive {queue}", ActivityKind.Internal)?.SetTag("messaging.batch.message_count", size);

    /// <summary>The processing of each message: a child of its sending, wherever that was. Null if nobody listens.</summary>
    public static Activity?[]? StartProcess(IReadOnlyList<IncomingMessage> messages, Activity? batch, string queue)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var spans = new Activity?[messages.Count];
        for (var i = 0; i < spans.Length; i++)
        {
            spans[i] = StartProcess(messages[i], batch, queue);
        }

        return spans;
    }

    /// <summary>The processing of one message.</summary>
    public static Activity? StartProcess(IncomingMessage message, Activity? batch, string queue)
    {
        var span = Source.StartActivity(
            ActivityKind.Consumer,
            message.TraceContext,
            links: batch is null ? null : [new ActivityLink(batch.Context)],
            name: $"process {queue}");

        // The statements of a batch serve all its messages: they belong to the batch and to none of these.
        Activity.Current = batch ?? Activity.Current;
        return span is not { IsAllDataRequested: true } ? span : span
            .SetTag("messaging.system", "activemq")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.operation.name", "process")
            .SetTag("messaging.destination.name", queue)
            .SetTag("messaging.message.id", message.MessageId)
            .SetTag("messaging.message.conversation_id", message.Delivery.Properties?.GetCorrelationId());
    }

    /// <summary>Ends the spans of messages that are committed; one that became a dead letter ends as failed.</summary>
    public static void EndProcess(Activity?[]? spans, IReadOnlyList<IncomingMessage> messages)
    {
        for (var i = 0; i < spans?.Length; i++)
        {
            End(spans[i], messages[i].Failure);
        }
    }

    /// <summary>
    /// Ends the spans of messages that were taken back. Alone a message has failed; of several nobody knows which one it was, so that the
    /// batch has failed, and each of them gets another span when it is tried again.
    /// </summary>
    public static void EndProcess(Activity?[]? spans, Activity? batch, Exception failure)
    {
        batch?.SetStatus(ActivityStatusCode.Error, failure.Message);
        foreach (var span in spans ?? [])
        {
            End(span, batch is null ? failure.Message : null);
        }
    }

    private static void End(Activity? span, string? failure)
    {
        if (failure is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure);
        }

        span?.Dispose();
    }
}
