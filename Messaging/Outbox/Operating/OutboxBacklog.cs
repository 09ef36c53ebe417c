namespace Messaging.Outbox.Operating;

/// <summary>What is not published.</summary>
/// <param name="Pending">Number of messages to publish.</param>
/// <param name="Failed">Number of messages that wait for an operator.</param>
/// <param name="OldestAge">How long the oldest pending message has waited. Null if there is none.</param>
internal sealed record OutboxBacklog(long Pending, long Failed, TimeSpan? OldestAge)
{
    public static async Task<OutboxBacklog> MeasureAsync(OutboxContext outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        var pending = outbox.Messages.Where(message => message.Status == OutboxMessageStatus.Pending);
        var count = await pending.LongCountAsync(cancellationToken);
        var failed = await outbox.Messages.LongCountAsync(message => message.Status == OutboxMessageStatus.Failed, cancellationToken);
        var oldest = await pending
            .OrderBy(message => message.Id)
            .Select(message => (DateTimeOffset?)message.OccurredAt)
            .FirstOrDefaultAsync(cancellationToken);
        return new(count, failed, time.GetUtcNow() - oldest);
    }
}
