namespace SenderService.Outbox;

/// <summary>A pending row as the relay reads it.</summary>
internal sealed record PendingMessage(
    long Id,
    Guid MessageId,
    string Type,
    Guid AggregateId,
    long AggregateVersion,
    string Payload,
    OutboxHeaders Headers,
    DateTimeOffset OccurredAt);
