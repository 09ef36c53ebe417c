using System.Diagnostics;
using Npgsql;

namespace AppHost.Workshop.Watching;

/// <summary>The outbox as its table says it is, and the relays as their locks say they are.</summary>
internal sealed class SenderDatabase(NpgsqlDataSource database, Dots dots, TimeProvider time)
{
    /// <summary>A transaction may commit a little later than one with a higher id.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMilliseconds(500);

    private const string Columns = "message_id, aggregate_id, aggregate_version, partition, type, status, attempts";

    /// <summary>By the primary key: its ids begin with the time. So 100,000 rows behind these cost nothing.</summary>
    private const string NewRows = $"SELECT {Columns} FROM outbox_messages WHERE message_id > $1 ORDER BY message_id LIMIT 500";

    private const string OpenRows = $"SELECT {Columns} FROM outbox_messages WHERE status <> 'Sent' ORDER BY message_id LIMIT 300";

    private const string KnownRows = $"SELECT {Columns} FROM outbox_messages WHERE message_id = ANY($1)";

    private const string OldestPending =
        "SELECT extract(epoch FROM now() - occurred_at)::float8 FROM outbox_messages WHERE status = 'Pending' ORDER BY id LIMIT 1";

    /// <summary>A refused message that waits for its next attempt does not count.</summary>
    private const string IsUnderWay = "SELECT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending' AND next_attempt_at IS NULL)";

    /// <summary>The keys are those of the relays: see OutboxLocks in Messaging.</summary>
    private const string Relays = """
        SELECT application_name, array_agg(objid::int ORDER BY objid) FILTER (WHERE objid < 16)
        FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND classid = 1869968482 AND objsubid = 2 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY application_name, pid ORDER BY application_name
        """;

    private const string Counts = """
        SELECT (SELECT count(*) FROM outbox_messages WHERE status = 'Pending'),
            (SELECT count(*) FROM outbox_messages WHERE status = 'Failed'),
            (SELECT count(*) FROM outbox_messages WHERE status = 'Sent')
        """;

    private readonly SlowCount _counts = new(database, Counts);
    private Guid? _newest;

    /// <summary>Whether nothing is to be sent.</summary>
    public Quiet Quiet { get; } = new();

    public async Task<object> ReadAsync(CancellationToken cancellationToken)
    {
        var known = dots.OnTheWay.Where(dot => dot.Partition >= 0).ToDictionary(dot => dot.Id);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(_newest is { } newest
            ? new NpgsqlBatchCommand(NewRows) { Parameters = { new() { Value = newest.Before(Overlap) } } }
            : new NpgsqlBatchCommand(OpenRows));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(KnownRows) { Parameters = { new() { Value = known.Keys.ToArray() } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(OldestPending));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(IsUnderWay));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Relays));

        // Taken before the rows are read, so that none is missed.
        var started = Guid.CreateVersion7(time.GetUtcNow());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        _newest = await MoveAsync(reader, cancellationToken) ?? _newest ?? started;
        await reader.NextResultAsync(cancellationToken);
        await MoveAsync(reader, cancellationToken, known);
        dots.Remove(known.Keys);
        await reader.NextResultAsync(cancellationToken);
        double? oldest = await reader.ReadAsync(cancellationToken) ? reader.GetDouble(0) : null;
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var isUnderWay = reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        var relays = new List<object>();
        while (await reader.ReadAsync(cancellationToken))
        {
            relays.Add(new
            {
                name = reader.GetString(0).Split(' ')[^1],
                partitions = reader.IsDBNull(1) ? [] : reader.GetFieldValue<int[]>(1),
            });
        }

        await reader.DisposeAsync();
        var counts = await _counts.ReadAsync(cancellationToken);
        Quiet.Set(!isUnderWay);
        return new { pending = counts[0], failed = counts[1], sent = counts[2], oldest, relays };
    }

    /// <summary>Moves the dots of the rows.</summary>
    /// <returns>The newest row.</returns>
    private async Task<Guid?> MoveAsync(NpgsqlDataReader rows, CancellationToken cancellationToken, Dictionary<Guid, Dot>? known = null)
    {
        Guid? newest = null;
        while (await rows.ReadAsync(cancellationToken))
        {
            newest = rows.GetGuid(0);
            known?.Remove(newest.Value);
            dots.Move(new(
                newest.Value, rows.GetGuid(1), rows.GetInt64(2), rows.GetInt16(3), rows.GetString(4),
                StageOf(rows.GetString(5), rows.GetInt32(6))));
        }

        return newest;
    }

    private static Stage StageOf(string status, int attempts) => status switch
    {
        "Sent" => Stage.Sent,
        "Failed" => Stage.Failed,
        "Pending" when attempts > 0 => Stage.Refused,
        "Pending" => Stage.Pending,
        _ => throw new UnreachableException(status),
    };
}
