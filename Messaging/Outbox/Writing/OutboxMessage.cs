namespace Messaging.Outbox.Writing;

/// <summary>An event to publish: a row of <c>outbox_messages</c>, committed together with the change that it reports.</summary>
internal sealed class OutboxMessage
{
    /// <summary>The order of publishing. The database assigns it.</summary>
    public long Id { get; init; }

    /// <summary>The id that consumers see. It is the same in every attempt, so that they can drop duplicates.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The type of the event on the wire.</summary>
    public required string Type { get; init; }

    /// <summary>The entity that was changed. The messages of one aggregate are published in the order of their commits.</summary>
    public required Guid AggregateId { get; init; }

    /// <summary>The entity's version after the change.</summary>
    public required long AggregateVersion { get; init; }

    /// <summary>0 to 15: see <see cref="Sharing.OutboxPartition"/>.</summary>
    public required short Partition { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary><see cref="OutboxHeaders"/> as JSON.</summary>
    public required string Headers { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public OutboxMessageStatus Status { get; init; } = OutboxMessageStatus.Pending;

    /// <summary>How often the broker has refused this message. An outage is not counted.</summary>
    public int Attempts { get; init; }

    /// <summary>Earliest time of the next attempt, by the database's clock. Null: at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why the broker refused the last attempt.</summary>
    public string? LastError { get; init; }

    /// <summary>When the message was marked as accepted by the broker.</summary>
    public DateTimeOffset? SentAt { get; init; }
}
