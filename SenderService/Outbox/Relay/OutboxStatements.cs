namespace SenderService.Outbox.Relay;

/// <summary>The relay's statements, each with its plan in mind.</summary>
internal static class OutboxStatements
{
    /// <summary>
    /// Walks ix_outbox_messages_pending from <c>@from</c> on; the blocking messages are few, each looked up in ix_outbox_messages_blocking.
    /// Without SKIP LOCKED, which would let a later message of an aggregate overtake: partitions are locked, not rows.
    /// </summary>
    public const string ReadPending = $"""
        SELECT id, message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, next_attempt_at IS NOT NULL
        FROM outbox_messages AS message
        WHERE {OutboxSql.IsPending}
          AND id >= @from
          AND partition = ANY(@partitions)
          AND (next_attempt_at IS NULL OR next_attempt_at <= now())
          AND NOT EXISTS (
            SELECT FROM outbox_messages AS earlier
            WHERE earlier.aggregate_id = message.aggregate_id
              AND earlier.id < message.id
              AND ({OutboxSql.IsBlocking}))
        ORDER BY id
        LIMIT @limit
        """;

    public const string MarkSent = $"""
        UPDATE outbox_messages SET status = 'Sent', sent_at = now(), next_attempt_at = NULL
        WHERE id = ANY(@ids) AND {OutboxSql.IsPending}
        """;

    /// <summary>The delay doubles with each refusal; the last one fails the message.</summary>
    public const string MarkRefused = $"""
        UPDATE outbox_messages SET
            attempts = attempts + 1,
            last_error = @error,
            status = CASE WHEN attempts + 1 >= @attempts THEN 'Failed' ELSE status END,
            next_attempt_at = CASE WHEN attempts + 1 < @attempts THEN now() + least(@first * power(2, least(attempts, 30)), @longest) END
        WHERE id = @id AND {OutboxSql.IsPending}
        RETURNING {OutboxSql.IsFailed}
        """;
}
