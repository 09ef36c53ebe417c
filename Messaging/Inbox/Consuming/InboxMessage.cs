namespace Messaging.Inbox.Consuming;

/// <summary>The record of a consumed message: a row of <c>inbox_messages</c>, committed together with the effect of the message.</summary>
internal sealed class InboxMessage
{
    public const int MaxConsumerLength = 100;

    public required Guid MessageId { get; init; }

    /// <summary>Name of the consumer. Several consumers in one database each have their own records.</summary>
    public required string Consumer { get; init; }

    /// <summary>The type of the event, for operators.</summary>
    public string? Type { get; init; }

    /// <summary>When the change happened at the sender. Null if the message does not say so.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public DateTimeOffset ProcessedAt { get; init; }

    /// <summary>True if the message had no effect and became a dead letter. Its replay may still have one.</summary>
    public bool IsDeadLetter { get; init; }
}
