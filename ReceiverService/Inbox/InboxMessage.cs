namespace ReceiverService.Inbox;

/// <summary>The record that a consumer has taken a message, written in the transaction of the message's effect.</summary>
internal sealed class InboxMessage
{
    public const int MaxConsumerLength = 100;

    public required Guid MessageId { get; init; }

    /// <summary>Who processed it: several consumers in one database keep apart.</summary>
    public required string Consumer { get; init; }

    /// <summary>For operators.</summary>
    public string? Type { get; init; }

    /// <summary>When the change happened at the sender; unknown if the message does not say so.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    public DateTimeOffset ProcessedAt { get; init; }

    /// <summary>The message became a dead letter instead of having an effect; its replay may still have one.</summary>
    public bool IsDeadLetter { get; init; }
}
