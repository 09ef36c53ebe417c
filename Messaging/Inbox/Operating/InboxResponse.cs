namespace Messaging.Inbox.Operating;

/// <summary>The inbox at a glance.</summary>
/// <param name="Recorded">Number of recorded messages, dead letters included. A million means a million or more.</param>
/// <param name="RecordedInLastMinute">Number of messages recorded in the last minute.</param>
/// <param name="DeadLetters">Number of dead letters.</param>
/// <param name="LagSeconds">The longest time from a change to its effect here, in the last minute. Null if it is unknown.</param>
/// <param name="Recent">The last messages, newest first.</param>
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
