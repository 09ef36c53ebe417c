namespace Messaging.Outbox.Operating;

/// <summary>What is not published.</summary>
/// <param name="Pending">Number of messages to publish.</param>
/// <param name="Failed">Number of messages that wait for an operator.</param>
/// <param name="OldestAt">When the oldest pending message was written. Null if there is none.</param>
internal sealed record OutboxBacklog(long Pending, long Failed, DateTimeOffset? OldestAt)
{
    /// <summary>One statement, because every sender executes it every few seconds. The partial indexes hold only such rows.</summary>
    private const string Measure = $"""
        SELECT
            (SELECT count(*) FROM outbox_messages WHERE {OutboxSql.IsPending}) AS "Pending",
            (SELECT count(*) FROM outbox_messages WHERE {OutboxSql.IsFailed}) AS "Failed",
            (SELECT occurred_at FROM outbox_messages WHERE {OutboxSql.IsPending} ORDER BY id LIMIT 1) AS "OldestAt"
        """;

    public static Task<OutboxBacklog> MeasureAsync(OutboxContext outbox, CancellationToken cancellationToken) =>
        outbox.Db.Database.SqlQueryRaw<OutboxBacklog>(Measure).SingleAsync(cancellationToken);

    /// <summary>How long the oldest pending message has waited. Null if there is none.</summary>
    public TimeSpan? OldestAge(TimeProvider time) => time.GetUtcNow() - OldestAt;
}
