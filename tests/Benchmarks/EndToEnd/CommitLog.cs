using Npgsql;

namespace Benchmarks.EndToEnd;

/// <summary>What was measured between the commit at the sender and the commit at the receiver.</summary>
/// <param name="Milliseconds">One value per message that was applied.</param>
/// <param name="Missing">Messages that were not applied.</param>
/// <param name="Inversions">Changes of an entity that were applied after a later change of the same entity.</param>
/// <param name="FirstCommit">The first commit at the sender.</param>
/// <param name="FirstApplied">The first commit at the receiver.</param>
/// <param name="LastApplied">The last commit at the receiver.</param>
internal sealed record CommitTimes(
    IReadOnlyList<double> Milliseconds, int Missing, int Inversions, DateTime FirstCommit, DateTime FirstApplied, DateTime LastApplied)
{
    public Spread Latency { get; } = new(Milliseconds is [] ? [double.NaN] : Milliseconds);
}

/// <summary>
/// Notes each change of an entity in a table beside it, by a trigger. PostgreSQL keeps the time of each commit, so the rows say when a
/// change was committed, not when its statement ran. It is the same at both ends and for all peers.
/// </summary>
internal static class CommitLog
{
    /// <summary>A trigger before the change also sees a change that is not applied because it is older than the state.</summary>
    private const string Create = """
        CREATE TABLE commit_log (number bigint GENERATED ALWAYS AS IDENTITY, id uuid NOT NULL, version bigint NOT NULL);
        CREATE FUNCTION log_commit() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO commit_log (id, version) VALUES (NEW.id, NEW.version); RETURN NEW; END $$;
        CREATE TRIGGER log_commit BEFORE INSERT OR UPDATE ON entity_items FOR EACH ROW EXECUTE FUNCTION log_commit();
        """;

    private const string Read = """
        SELECT id, version, min(at) FROM (
            SELECT id, version, number, pg_xact_commit_timestamp(xmin) AS at FROM commit_log) AS logged
        GROUP BY id, version
        ORDER BY min(at), min(number)
        """;

    /// <summary>Makes PostgreSQL keep the times of commits. It starts again.</summary>
    public static Task KeepCommitTimesAsync(this Infrastructure infrastructure) =>
        infrastructure.RestartPostgresAsync("track_commit_timestamp", "on");

    public static Task CreateAsync(string database) => Sql.ExecuteAsync(database, Create);

    public static Task ClearAsync(string database) => Sql.ExecuteAsync(database, "TRUNCATE commit_log");

    public static async Task<CommitTimes> ReadAsync(string senderDatabase, string receiverDatabase)
    {
        var committed = await ReadAsync(senderDatabase);
        var applied = await ReadAsync(receiverDatabase);
        var states = applied.ToLookup(change => change.Id);
        var milliseconds = new List<double>();
        foreach (var change in committed)
        {
            // A receiver may apply several changes of an entity as one. Then the later version has the earlier one in it.
            var applying = states[change.Id].Where(state => state.Version == change.Version).ToArray();
            applying = applying is [] ? [.. states[change.Id].Where(state => state.Version > change.Version).Take(1)] : applying;
            milliseconds.AddRange(applying.Select(state => (state.At - change.At).TotalMilliseconds));
        }

        return new(
            milliseconds,
            committed.Count - milliseconds.Count,
            states.Sum(CountInversions),
            committed.Select(change => change.At).FirstOrDefault(),
            applied.Select(change => change.At).FirstOrDefault(),
            applied.Select(change => change.At).LastOrDefault());
    }

    /// <param name="changes">The changes of one entity, in the order of their commits.</param>
    private static int CountInversions(IEnumerable<Change> changes)
    {
        var (inversions, newest) = (0, 0L);
        foreach (var change in changes)
        {
            inversions += change.Version < newest ? 1 : 0;
            newest = Math.Max(newest, change.Version);
        }

        return inversions;
    }

    private static async Task<List<Change>> ReadAsync(string database)
    {
        var changes = new List<Change>();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Read, connection) { CommandTimeout = 120 };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            changes.Add(new(reader.GetGuid(0), reader.GetInt64(1), reader.GetDateTime(2)));
        }

        return changes;
    }

    private readonly record struct Change(Guid Id, long Version, DateTime At);
}
