using System.Text.Json;
using Npgsql;
using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>How the database executes the statements that the relay repeats.</summary>
internal static class RelayPlan
{
    /// <summary>Number of messages in one read.</summary>
    public const int BatchSize = 500;

    /// <summary>The relay's statements are prepared. PostgreSQL plans them for their parameters first, and later for any.</summary>
    private static readonly string[] Modes = ["force_custom_plan", "force_generic_plan"];

    /// <summary>The most pages that a read of one batch touches.</summary>
    public static async Task<long> BuffersAsync(string database, long from) => MostBuffers(await ExplainReadAsync(database, from));

    /// <summary>The most pages that a heartbeat touches.</summary>
    public static async Task<long> HeartbeatBuffersAsync(string database, long low) =>
        MostBuffers(await ExplainAsync(database, Heartbeat.Sql, ("low", "bigint", $"{low}")));

    /// <summary>The most rows that any step of a mark handles.</summary>
    /// <param name="database">The database.</param>
    /// <param name="accepted">The messages.</param>
    /// <param name="areLogged">True if they came from the write-ahead log.</param>
    public static async Task<double> MarkRowsAsync(string database, IReadOnlyList<PendingMessage> accepted, bool areLogged)
    {
        var (mark, second) = areLogged
            ? (OutboxMarker.MarkLogged, ("messages", "uuid[]", Array(accepted.Select(message => message.MessageId))))
            : (OutboxMarker.MarkSent, ("versions", "bigint[]", Array(accepted.Select(message => message.RowVersion))));
        var plans = await ExplainAsync(database, mark, ("ids", "bigint[]", Array(accepted.Select(message => message.Id))), second);
        return plans.Max(MostRows);
    }

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
        PendingMessage.Read,
        ("partitions", "int[]", Array(Enumerable.Range(0, 16))),
        ("from", "bigint", $"{from}"),
        ("limit", "int", $"{BatchSize}"));

    /// <summary>An array as SQL writes it.</summary>
    private static string Array<T>(IEnumerable<T> values) => $"'{{{string.Join(',', values)}}}'";

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
        await using var prepare = new NpgsqlCommand($"{OutboxSession.SetUp}; PREPARE statement ({types}) AS {sql}", connection);
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

    private static double MostRows(JsonElement node)
    {
        var removed = node.TryGetProperty("Rows Removed by Filter", out var count) ? count.GetDouble() : 0;
        var rows = (node.GetProperty("Actual Rows").GetDouble() + removed) * node.GetProperty("Actual Loops").GetDouble();
        return node.TryGetProperty("Plans", out var children)
            ? Math.Max(rows, children.EnumerateArray().Max(MostRows))
            : rows;
    }

    private static void Collect(JsonElement node, SortedSet<string> indexes)
    {
        // A scan of the whole table and a sort have no index. Their own names stand for them.
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
