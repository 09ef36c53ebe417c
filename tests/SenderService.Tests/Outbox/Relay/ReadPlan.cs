using System.Text.Json;
using Npgsql;
using SenderService.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>How the database carries out the relay's read.</summary>
internal static class ReadPlan
{
    /// <summary>How many pages a read of one batch touches.</summary>
    public static async Task<long> BuffersAsync(string database, long from)
    {
        var plan = (await ExplainAsync(database, from)).GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    /// <summary>The indexes that a read of one batch uses.</summary>
    public static async Task<IReadOnlyCollection<string>> IndexesAsync(string database, long from)
    {
        var indexes = new SortedSet<string>(StringComparer.Ordinal);
        Collect((await ExplainAsync(database, from)).GetProperty("Plan"), indexes);
        return indexes;
    }

    private static async Task<JsonElement> ExplainAsync(string database, long from)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var setUp = new NpgsqlCommand(OutboxStatements.SetUp, connection);
        await setUp.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {OutboxStatements.ReadPending}", connection);
        command.Parameters.AddWithValue("partitions", Enumerable.Range(0, 16).ToArray());
        command.Parameters.AddWithValue("from", from);
        command.Parameters.AddWithValue("limit", 500);
        return JsonSerializer.Deserialize<JsonElement>((string)(await command.ExecuteScalarAsync())!)[0];
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
