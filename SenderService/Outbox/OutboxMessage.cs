namespace SenderService.Outbox;

/// <summary>One event to be told to others: a row of <c>outbox_messages</c>, written in the transaction of the change it tells
/// of.</summary>
internal sealed class OutboxMessage
{
    /// <summary>The order of publishing. Given by the database.</summary>
    public long Id { get; init; }

    /// <summary>What consumers know the message by; the same in every attempt.</summary>
    public required Guid MessageId { get; init; }

    public required string Type { get; init; }

    /// <summary>The messages of one aggregate are published in the order of their commits.</summary>
    public required Guid AggregateId { get; init; }

    public required long AggregateVersion { get; init; }

    /// <summary>See <see cref="OutboxPartition"/>.</summary>
    public required short Partition { get; init; }

    /// <summary>The body, JSON.</summary>
    public required string Payload { get; init; }

    /// <summary><see cref="OutboxHeaders"/>, JSON.</summary>
    public required string Headers { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public OutboxMessageStatus Status { get; init; } = OutboxMessageStatus.Pending;

    /// <summary>How often the broker refused it. An outage counts nothing.</summary>
    public int Attempts { get; init; }

    /// <summary>Not before this time by the database's clock; null means at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the broker refused it the last time.</summary>
    public string? LastError { get; init; }

    public DateTimeOffset? SentAt { get; init; }
}
