using System.Diagnostics;
using SenderService.Outbox.Relay;

namespace SenderService.Outbox.Operations;

/// <summary>The relay's spans, named and attributed after the OpenTelemetry conventions for messaging.</summary>
internal static class OutboxTelemetry
{
    public const string Name = "SenderService.Outbox";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>One batch: a trace of its own, as it serves many.</summary>
    public static Activity? StartBatch(int size, string queue)
    {
        var span = Source.StartActivity($"relay {queue}", ActivityKind.Internal);
        return span?.SetTag("messaging.batch.message_count", size);
    }

    /// <summary>The sending of one message: a child of the request that wrote it, and linked to the batch it travels in.</summary>
    public static Activity? StartSend(PendingMessage message, Activity? batch, string queue)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = Source.StartActivity(
            ActivityKind.Producer,
            message.Headers.TraceContext,
            links: batch is null ? null : [new ActivityLink(batch.Context)],
            name: $"send {queue}");

        // Many sends are open at once in one flow of control: none of them is the parent of the others.
        Activity.Current = current;
        return span?
            .SetTag("messaging.system", "activemq")
            .SetTag("messaging.operation.type", "send")
            .SetTag("messaging.operation.name", "send")
            .SetTag("messaging.destination.name", queue)
            .SetTag("messaging.message.id", message.MessageId)
            .SetTag("messaging.message.conversation_id", message.Headers.CorrelationId)
            .SetTag("outbox.message.type", message.Type)
            .SetTag("outbox.aggregate.id", message.AggregateId);
    }

    public static void EndSend(Activity? span, string? failure)
    {
        if (span is null)
        {
            return;
        }

        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, failure);
        }

        var current = Activity.Current;
        span.Dispose();
        Activity.Current = current;
    }
}
