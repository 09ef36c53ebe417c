namespace Messaging.Outbox.Writing;

/// <summary>
/// Conditions that the partial indexes and the statements share. PostgreSQL uses a partial index only if both say the same.
/// </summary>
internal static class OutboxSql
{
    public const string IsPending = "status = 'Pending'";

    public const string IsSent = "status = 'Sent'";

    public const string IsFailed = "status = 'Failed'";

    /// <summary>Waits for another attempt, or is failed: the later messages of its aggregate wait too.</summary>
    public const string IsBlocking = $"({IsPending} AND next_attempt_at IS NOT NULL) OR {IsFailed}";
}
