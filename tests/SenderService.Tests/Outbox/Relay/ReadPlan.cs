using System.Text.Json;
using Npgsql;
using SenderService.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>How the database carries out what the relay asks again and again.</summary>
internal static class ReadPlan
{
    /// <summary>How many messages a read is asked for.</summary>
    public const int BatchSize = 500;

    /// <summary>How many pages a read of one batch touches.</summary>
    public static async Task<long> BuffersAsync(string database, long from) => Buffers(await ExplainReadAsync(database, from));

    /// <summary>How many pages a heartbeat touches.</summary>
    public static async Task<long> HeartbeatBuffersAsync(string database, long low) =>
        Buffers(await ExplainAsync(database, Heartbeat.Sql, ("low", low)));

    /// <summary>The indexes that a read of one batch uses.</summary>
    public static async Task<IReadOnlyCollection<string>> IndexesAsync(string database, long from)
    {
        var indexes = new SortedSet<string>(StringComparer.Ordinal);
        Collect(await ExplainReadAsync(database, from), indexes);
        return indexes;
    }

    private static long Buffers(JsonElement plan) => plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();

    private static Task<JsonElement> ExplainReadAsync(string database, long from) => ExplainAsync(
        database, OutboxStatements.ReadPending, ("partitions", Enumerable.Range(0, 16).ToArray()), ("from", from), ("limit", BatchSize));

    private static async Task<JsonElement> ExplainAsync(string database, string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var setUp = new NpgsqlCommand(OutboxStatements.SetUp, connection);
        await setUp.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return JsonSerializer.Deserialize<JsonElement>((string)(await command.ExecuteScalarAsync())!)[0].GetProperty("Plan");
    }

    private static void Collect(JsonElement node, SortedSet<string> indexes)
    {
        // The scan of the whole table and the sort that go with other plans have no index: they are named by what they are.
        indexes.Add(node.TryGetProperty("Index Name", out var index) ? index.GetString()! : node.GetProperty("Node Type").GetString()!);
        if (node.TryGetProperty("Plans", out var children))
        {
            foreach (var child in children.EnumerateArray())
            {
                Collect(child, indexes);
            }
        }
    }
}
