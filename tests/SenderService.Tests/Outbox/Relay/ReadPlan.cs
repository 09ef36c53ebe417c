using System.Text.Json;
using Npgsql;
using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>How the database carries out what the relay asks again and again.</summary>
internal static class ReadPlan
{
    /// <summary>How many messages a read is asked for.</summary>
    public const int BatchSize = 500;

    /// <summary>Its statements are prepared: the first times they are planned for their parameters, later for any.</summary>
    private static readonly string[] Modes = ["force_custom_plan", "force_generic_plan"];

    /// <summary>How many pages a read of one batch touches at most.</summary>
    public static async Task<long> BuffersAsync(string database, long from) => MostBuffers(await ExplainReadAsync(database, from));

    /// <summary>How many pages a heartbeat touches at most.</summary>
    public static async Task<long> HeartbeatBuffersAsync(string database, long low) =>
        MostBuffers(await ExplainAsync(database, Heartbeat.Sql, ("low", "bigint", $"{low}")));

    /// <summary>The indexes that a read of one batch uses.</summary>
    public static async Task<IReadOnlyCollection<string>> IndexesAsync(string database, long from)
    {
        var indexes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var plan in await ExplainReadAsync(database, from))
        {
            Collect(plan, indexes);
        }

        return indexes;
    }

    private static long MostBuffers(IEnumerable<JsonElement> plans) =>
        plans.Max(plan => plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64());

    private static Task<IReadOnlyList<JsonElement>> ExplainReadAsync(string database, long from) => ExplainAsync(
        database,
        OutboxStatements.ReadPending,
        ("partitions", "int[]", $"'{{{string.Join(',', Enumerable.Range(0, 16))}}}'"),
        ("from", "bigint", $"{from}"),
        ("limit", "int", $"{BatchSize}"));

    private static async Task<IReadOnlyList<JsonElement>> ExplainAsync(
        string database, string sql, params (string Name, string Type, string Literal)[] parameters)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        for (var i = 0; i < parameters.Length; i++)
        {
            sql = sql.Replace($"@{parameters[i].Name}", $"${i + 1}", StringComparison.Ordinal);
        }

        var types = string.Join(", ", parameters.Select(parameter => parameter.Type));
        await using var prepare = new NpgsqlCommand($"{OutboxStatements.SetUp}; PREPARE statement ({types}) AS {sql}", connection);
        await prepare.ExecuteNonQueryAsync();

        var values = string.Join(", ", parameters.Select(parameter => parameter.Literal));
        var plans = new List<JsonElement>();
        foreach (var mode in Modes)
        {
            await using var explain = new NpgsqlCommand(
                $"SET plan_cache_mode = {mode}; EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE statement ({values})", connection);
            plans.Add(JsonSerializer.Deserialize<JsonElement>((string)(await explain.ExecuteScalarAsync())!)[0].GetProperty("Plan"));
        }

        return plans;
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
