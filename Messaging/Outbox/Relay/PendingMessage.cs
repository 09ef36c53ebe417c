using System.Text.Json;

namespace Messaging.Outbox.Relay;

/// <summary>A pending row, as the relay reads it. <see cref="OutboxMessage"/> describes the columns.</summary>
/// <param name="RowVersion">
/// The transaction that wrote this version of the row (<c>xmin</c>). It is another one once anybody has changed the row.
/// </param>
/// <param name="Payload">The event as JSON in UTF-8.</param>
/// <param name="IsRetry">True if it was refused before. The database then makes the later messages of its aggregate wait for it.</param>
internal sealed record PendingMessage(
    long Id,
    long RowVersion,
    Guid MessageId,
    string Type,
    Guid AggregateId,
    long AggregateVersion,
    short Partition,
    byte[] Payload,
    OutboxHeaders Headers,
    DateTimeOffset OccurredAt,
    bool IsRetry)
{
    /// <summary>
    /// Walks ix_outbox_messages_pending from <c>@from</c> on. It asks once if any message blocks, and usually none does. Otherwise it looks
    /// up each message in ix_outbox_messages_blocking.
    /// <para>There is no SKIP LOCKED, which would let a later message of an aggregate overtake. Partitions are locked, not rows.</para>
    /// </summary>
    public const string Read = $"""
        SELECT id, xmin::text::bigint, message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at,
            next_attempt_at IS NOT NULL
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

    /// <summary>
    /// Reads the next pending messages of some partitions in the order of their ids, except those whose aggregate has to wait.
    /// </summary>
    public static async Task<IReadOnlyList<PendingMessage>> ReadAsync(
        OutboxSession session, int[] partitions, long from, int limit, CancellationToken cancellationToken)
    {
        await using var command = session.Command(Read, ("partitions", partitions), ("from", from), ("limit", limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<PendingMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.GetGuid(2),
                reader.GetString(3),
                reader.GetGuid(4),
                reader.GetInt64(5),
                reader.GetInt16(6),
                reader.GetFieldValue<byte[]>(7),
                JsonSerializer.Deserialize<OutboxHeaders>(reader.GetFieldValue<byte[]>(8), JsonSerializerOptions.Web)!,
                reader.GetFieldValue<DateTimeOffset>(9),
                reader.GetBoolean(10)));
        }

        return messages;
    }
}
