namespace SenderService.Outbox.Relay;

/// <summary>The relay's statements, each with its plan in mind.</summary>
internal static class OutboxStatements
{
    /// <summary>
    /// How a relay's session begins. A relay that hangs or is cut off loses its session after five seconds without a statement; a live one
    /// asks every <see cref="OutboxDispatcher.HeartbeatInterval"/>.
    /// <para>Marks need not wait for the disk: a crash of the server that loses one means that the message is published again, as after any
    /// crash between publishing and marking. Entities and their messages are committed on other sessions, which do wait.</para>
    /// <para>The table is empty at one moment and full at the next, long before its statistics say so; by them the planner would read and
    /// sort the whole backlog for every batch. So it is left no other plan than to walk the indexes.</para>
    /// </summary>
    public const string SetUp = """
        SET idle_session_timeout = '5s';
        SET synchronous_commit = off;
        SET enable_seqscan = off;
        SET enable_bitmapscan = off;
        SET enable_sort = off;
        SET enable_hashjoin = off;
        SET enable_mergejoin = off
        """;

    /// <summary>
    /// Walks ix_outbox_messages_pending from <c>@from</c> on. Whether any message blocks is asked once, and usually none does; else each message
    /// is looked up in ix_outbox_messages_blocking.
    /// Without SKIP LOCKED, which would let a later message of an aggregate overtake: partitions are locked, not rows.
    /// </summary>
    public const string ReadPending = $"""
        SELECT id, message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, next_attempt_at IS NOT NULL
        FROM outbox_messages AS message
        WHERE {OutboxSql.IsPending}
          AND id >= @from
          AND partition = ANY(@partitions)
          AND (next_attempt_at IS NULL OR next_attempt_at <= now())
          AND (
            NOT (SELECT EXISTS (SELECT FROM outbox_messages WHERE {OutboxSql.IsBlocking}))
            OR NOT EXISTS (
              SELECT FROM outbox_messages AS earlier
              WHERE earlier.aggregate_id = message.aggregate_id
                AND earlier.id < message.id
                AND ({OutboxSql.IsBlocking})))
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
