namespace SenderService.Outbox;

/// <summary>The predicates that the partial indexes and the relay's statements must share to the letter, or the indexes are not
/// used.</summary>
internal static class OutboxSql
{
    public const string IsPending = "status = 'Pending'";

    public const string IsSent = "status = 'Sent'";

    public const string IsFailed = "status = 'Failed'";

    /// <summary>Waiting for another attempt, or failed: the later messages of the aggregate wait too.</summary>
    public const string IsBlocking = $"({IsPending} AND next_attempt_at IS NOT NULL) OR {IsFailed}";

    public const string StatusCheck = """
        (status = 'Pending' AND sent_at IS NULL)
        OR (status = 'Sent' AND sent_at IS NOT NULL)
        OR (status = 'Failed' AND sent_at IS NULL AND last_error IS NOT NULL)
        """;
}
