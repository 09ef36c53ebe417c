using Npgsql;

namespace AppHost.Workshop.Watching;

/// <summary>The inbox, the projection and the dead letters, as their tables say they are.</summary>
internal sealed class ReceiverDatabase(NpgsqlDataSource database, Dots dots)
{
    private const string Recorded = "SELECT message_id, is_dead_letter FROM inbox_messages WHERE message_id = ANY($1)";

    private const string Counts = """
        SELECT (SELECT count(*) FROM inbox_messages), (SELECT count(*) FROM dead_letters),
            (SELECT count(*) FROM entity_items WHERE NOT is_deleted)
        """;

    private readonly SlowCount _counts = new(database, Counts);

    public async Task<object> ReadAsync(CancellationToken cancellationToken)
    {
        var waiting = dots.OnTheWay.ToDictionary(dot => dot.Id);
        if (waiting.Count > 0)
        {
            await using var command = database.CreateCommand(Recorded);
            command.Parameters.Add(new() { Value = waiting.Keys.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                dots.Move(waiting[reader.GetGuid(0)] with { Stage = reader.GetBoolean(1) ? Stage.DeadLetter : Stage.Applied });
            }
        }

        var counts = await _counts.ReadAsync(cancellationToken);
        return new { recorded = counts[0], deadLetters = counts[1], entities = counts[2] };
    }
}
