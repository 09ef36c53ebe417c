namespace SenderService.Outbox.Relay;

/// <summary>
/// The advisory locks by which relays share the partitions: one exclusive lock per partition, and one that every live relay shares, so that
/// they can be counted. Constants, so that all processes mean the same locks; a session's locks end with the session, whatever ends it.
/// </summary>
internal static class OutboxLocks
{
    /// <summary>The first of the two keys: "outb".</summary>
    private const string Space = "1869968482";

    /// <summary>The second key, after those of the partitions 0 to 15.</summary>
    private const string Relays = "16";

    /// <summary>Which rows of pg_locks are of this database.</summary>
    public const string IsHere = "database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    /// <summary>Says that this relay lives. Nobody ever takes this lock exclusively, so that it is there for the asking.</summary>
    public const string Join = $"SELECT pg_advisory_lock_shared({Space}, {Relays})";

    /// <summary>The relays that live, this one included.</summary>
    public const string CountRelays = $"""
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND classid = {Space} AND objid = {Relays} AND objsubid = 2 AND granted
          AND {IsHere}
        """;

    /// <summary>Which relay has which partition: by the name and the process id of its session.</summary>
    public const string Owners = $"""
        SELECT objid::int AS "Partition", pid AS "Pid", application_name AS "Name"
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND classid = {Space} AND objid < {Relays} AND objsubid = 2 AND granted
          AND {IsHere}
        """;

    /// <summary>Takes up to <c>@count</c> of <c>@partitions</c> that nobody has; row by row, until the limit is reached.</summary>
    public const string TryTake = $"""
        SELECT partition FROM unnest(@partitions) AS partition
        WHERE pg_try_advisory_lock({Space}, partition)
        LIMIT @count
        """;

    public const string GiveBack = $"SELECT pg_advisory_unlock({Space}, partition) FROM unnest(@partitions) AS partition";
}
