namespace SenderService.Outbox.Relay;

/// <summary>What a relay learns once a second.</summary>
/// <param name="Relays">How many relays live, this one included.</param>
/// <param name="Writers">The transactions that have written to the outbox and have not ended: what they wrote is not to be seen yet.</param>
/// <param name="LowestOpen">The lowest message that is pending or failed; null if there is none.</param>
internal sealed record Heartbeat(int Relays, string[] Writers, long? LowestOpen)
{
    /// <summary>
    /// A transaction takes its lock on the table before it takes an id from the sequence, and keeps it to its end: whoever has an id that
    /// is not to be seen yet is among the writers.
    /// <para>The lowest failed message is looked for among the few in ix_outbox_messages_blocking; there is no index on all ids to be led astray
    /// by.</para>
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
                (SELECT min(id) FROM outbox_messages WHERE {OutboxSql.IsFailed}))
        """;
}
