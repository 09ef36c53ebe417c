namespace SenderService.Outbox.Relay;

/// <summary>A pending row as the relay reads it.</summary>
/// <param name="Id">The order of publishing.</param>
/// <param name="MessageId">What consumers know the message by.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="AggregateId">Whose messages keep their order.</param>
/// <param name="AggregateVersion">The aggregate's version after the change.</param>
/// <param name="Partition">0 to 15.</param>
/// <param name="Payload">The body, JSON in UTF-8.</param>
/// <param name="Headers">What it takes along from its request.</param>
/// <param name="OccurredAt">When the change was made.</param>
/// <param name="IsRetry">Whether it was refused before, so that the later messages of its aggregate wait for it in the database.</param>
internal sealed record PendingMessage(
    long Id,
    Guid MessageId,
    string Type,
    Guid AggregateId,
    long AggregateVersion,
    short Partition,
    byte[] Payload,
    OutboxHeaders Headers,
    DateTimeOffset OccurredAt,
    bool IsRetry);
