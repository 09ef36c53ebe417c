namespace Messaging.Amqp;

/// <summary>What the spans of outbox and inbox have in common, after the OpenTelemetry conventions for messaging.</summary>
internal static class MessagingSpan
{
    public static Activity Describe(this Activity span, string operation, string queue, Guid? messageId, object? conversationId) => span
        .SetTag("messaging.system", "activemq")
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.destination.name", queue)
        .SetTag("messaging.message.id", messageId)
        .SetTag("messaging.message.conversation_id", conversationId);

    /// <summary>Ends a span, as failed if there is a failure.</summary>
    public static void End(this Activity span, string? failure)
    {
        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, failure);
        }

        span.Dispose();
    }
}
