namespace Messaging.Outbox.Sharing;

/// <summary>
/// The advisory locks by which relays share the partitions. Each partition has an exclusive lock. One more lock is shared by all live
/// relays, so that they can be counted. The keys are constants: all processes mean the same locks. PostgreSQL releases a session's locks
/// when the session ends, for whatever reason.
/// </summary>
internal static class OutboxLocks
{
    /// <summary>The first of the two keys: "outb".</summary>
    public const string Space = "1869968482";

    /// <summary>The second key, after those of the partitions 0 to 15.</summary>
    private const string Relays = "16";

    /// <summary>Rows of pg_locks that belong to this database.</summary>
    public const string IsHere = "database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    /// <summary>Our locks that are held, among the rows of pg_locks.</summary>
    private const string IsOurs = $"locktype = 'advisory' AND classid = {Space} AND objsubid = 2 AND granted AND {IsHere}";

    private const string IsPartition = $"{IsOurs} AND objid < {Relays}";

    private const string IsRelay = $"{IsOurs} AND objid = {Relays}";

    /// <summary>Announces this relay. Nobody takes this lock exclusively, so it is granted at once.</summary>
    public const string Join = $"SELECT pg_advisory_lock_shared({Space}, {Relays})";

    /// <summary>Number of live relays, this one included.</summary>
    public const string CountRelays = $"SELECT count(*) FROM pg_locks WHERE {IsRelay}";

    /// <summary>Number of partitions that live relays own.</summary>
    public const string CountOwned = $"""
        SELECT count(*) AS "Value" FROM pg_locks
        WHERE {IsPartition} AND pid IN (SELECT pid FROM pg_locks WHERE {IsRelay})
        """;

    /// <summary>The owner of each partition: the name and the process id of its session.</summary>
    public const string Owners = $"""
        SELECT objid::int AS "Partition", pid AS "Pid", application_name AS "Name"
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE {IsPartition}
        """;
}
