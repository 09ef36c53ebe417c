namespace Messaging.Outbox.Wal;

/// <summary>How far the slot is behind the end of the log: what the server has to keep because of it.</summary>
/// <param name="Slot">Name of the slot.</param>
/// <param name="Status">
/// What the server says of it (PostgreSQL, 54.19): <c>reserved</c> is good, <c>extended</c> is more than usual, <c>unreserved</c> will soon
/// be <c>lost</c>.
/// </param>
/// <param name="IsActive">True if a relay reads from it now.</param>
/// <param name="Bytes">Log after the confirmed position.</param>
/// <param name="End">Where the log ends now.</param>
internal sealed record LogLag(string Slot, string Status, bool IsActive, long Bytes, long End)
{
    /// <summary>A slot that is so near to the end of the log is not behind, bytes.</summary>
    public const string Negligible = "1000000";

    private const string Measure = $"""
        SELECT slot_name::text AS "Slot", wal_status AS "Status", active AS "IsActive",
            coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint AS "Bytes",
            pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS "End"
        FROM pg_replication_slots WHERE slot_name = {LogSetUp.SlotName}
        """;

    /// <summary>Null if there is no slot.</summary>
    public static Task<LogLag?> MeasureAsync(OutboxContext outbox, CancellationToken cancellationToken) =>
        outbox.Db.Database.SqlQueryRaw<LogLag>(Measure).SingleOrDefaultAsync(cancellationToken);
}
