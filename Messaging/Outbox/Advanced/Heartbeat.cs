namespace Messaging.Outbox.Advanced;

/// <summary>
/// Pays for promises 2 and 5: what a relay asks its database every second. Asking also keeps its session alive.
/// </summary>
/// <param name="Relays">Number of live relays, this one included.</param>
/// <param name="Writers">Open transactions that have written to the outbox. Nobody else sees yet what they wrote.</param>
/// <param name="LowestOpenId">The lowest id that is pending from there on, or makes others wait. Null if there is none.</param>
internal sealed record Heartbeat(int Relays, string[] Writers, long? LowestOpenId)
{
    /// <summary>True if any message makes others wait.</summary>
    public bool HasBlocking { get; init; }

    /// <summary>
    /// A transaction locks the table before it takes an id from the sequence, and keeps the lock until it ends. So whoever has an id that
    /// nobody else sees yet is among the writers.
    /// <para>No index covers all ids. The lowest message that makes others wait is found among the few rows of
    /// ix_outbox_messages_blocking: also one that was sent long ago and is to be sent again.</para>
    /// </summary>
    public const string Sql = $"""
        SELECT
            ({OutboxLocks.CountRelays}),
            ARRAY(
                SELECT virtualtransaction FROM pg_locks
                WHERE locktype = 'relation' AND relation = 'outbox_messages'::regclass AND mode = 'RowExclusiveLock'
                  AND {OutboxLocks.IsHere}
                  AND pid IS DISTINCT FROM pg_backend_pid()),
            least(
                (SELECT min(id) FROM outbox_messages WHERE {OutboxSql.IsPending} AND id >= @low),
                (SELECT min(id) FROM outbox_messages WHERE {OutboxSql.IsBlocking})),
            EXISTS (SELECT FROM outbox_messages WHERE {OutboxSql.IsBlocking})
        """;

    /// <param name="session">The relay's session.</param>
    /// <param name="low">No pending message has a lower id, unless it makes others wait: the search begins here.</param>
    /// <param name="cancellationToken">Cancels the statement. The session stays usable.</param>
    public static async Task<Heartbeat> ReadAsync(OutboxSession session, long low, CancellationToken cancellationToken)
    {
        await using var command = session.Command(Sql, ("low", low));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            (int)reader.GetInt64(0),
            reader.GetFieldValue<string[]>(1),
            await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetInt64(2))
        {
            HasBlocking = reader.GetBoolean(3),
        };
    }
}
