namespace ReceiverService.Inbox;

/// <summary>The inbox at a glance.</summary>
/// <param name="Recorded">How many messages are recorded, dead letters included; a million means a million or more.</param>
/// <param name="RecordedInLastMinute">How many of them came in the last minute.</param>
/// <param name="DeadLetters">How many messages wait as dead letters.</param>
/// <param name="LagSeconds">The longest way from a change to its effect here in the last minute; null if nothing came, or does not say.</param>
/// <param name="Recent">What came last, newest first.</param>
public sealed record InboxResponse(
    int Recorded, int RecordedInLastMinute, int DeadLetters, double? LagSeconds, IReadOnlyList<RecentMessageResponse> Recent);

/// <summary>A message that was processed, or became a dead letter.</summary>
public sealed record RecentMessageResponse(
    Guid MessageId, string? Type, DateTimeOffset? OccurredAt, DateTimeOffset ProcessedAt, double? LagSeconds, bool IsDeadLetter)
{
    internal static RecentMessageResponse Of(InboxMessage message) => new(
        message.MessageId,
        message.Type,
        message.OccurredAt,
        message.ProcessedAt,
        (message.ProcessedAt - message.OccurredAt)?.TotalSeconds,
        message.IsDeadLetter);
}
