namespace ReceiverService.Inbox;

/// <summary>The record that a consumer has processed a message, written in the transaction of the message's effect.</summary>
internal sealed class InboxMessage
{
    public const int MaxConsumerLength = 100;

    public required Guid MessageId { get; init; }

    /// <summary>Who processed it: several consumers in one database keep apart.</summary>
    public required string Consumer { get; init; }

    public DateTimeOffset ProcessedAt { get; init; }
}
