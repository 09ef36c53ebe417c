using System.Text.Json;
using Npgsql;

namespace Faults.Verdict;

/// <summary>A row of the sender's outbox.</summary>
internal sealed record Published(Guid MessageId, Guid Entity, long Version, string Type, string? Name, decimal? Value, string Status);

/// <summary>An entity as a service has it.</summary>
internal sealed record State(Guid Entity, long Version, bool IsDeleted, string? Name, decimal? Value);

/// <summary>What both databases contain at the end.</summary>
/// <param name="Outbox">All rows of the outbox, by entity and version.</param>
/// <param name="Sender">The entities of the sender. It keeps no deleted ones.</param>
/// <param name="Receiver">The projection.</param>
/// <param name="Inbox">The ids of the processed messages.</param>
/// <param name="DeadLetters">Number of dead letters.</param>
/// <param name="Deliveries">Number of deliveries that the inbox has looked at.</param>
/// <param name="AppliedTwice">Changes that were given to the projection more than once.</param>
/// <param name="WentBack">Changes of the projection to a version that is not higher.</param>
internal sealed record Evidence(
    IReadOnlyList<Published> Outbox,
    IReadOnlyDictionary<Guid, State> Sender,
    IReadOnlyDictionary<Guid, State> Receiver,
    IReadOnlyList<Guid> Inbox,
    long DeadLetters,
    long Deliveries,
    IReadOnlyList<string> AppliedTwice,
    IReadOnlyList<string> WentBack)
{
    public static async Task<Evidence> CollectAsync(string sender, string receiver) =>
        new(
            await Rows.ReadAsync(
                sender,
                """
                SELECT message_id, aggregate_id, aggregate_version, type, payload::text, status FROM outbox_messages
                ORDER BY aggregate_id, aggregate_version
                """,
                PublishedOf),
            (await Rows.ReadAsync(sender, "SELECT id, version, false, name, value FROM entity_items", StateOf)).ToDictionary(s => s.Entity),
            (await Rows.ReadAsync(receiver, "SELECT id, version, is_deleted, name, value FROM entity_items", StateOf))
                .ToDictionary(s => s.Entity),
            await Rows.ReadAsync(receiver, "SELECT message_id FROM inbox_messages", row => row.GetGuid(0)),
            await Sql.ScalarAsync<long>(receiver, "SELECT count(*) FROM dead_letters"),
            await Sql.ScalarAsync<long>(receiver, "SELECT count(*) FROM audit_deliveries"),
            await Rows.ReadAsync(
                receiver,
                "SELECT id || ' version ' || version FROM audit_applications GROUP BY id, version HAVING count(*) > 1",
                row => row.GetString(0)),
            await Rows.ReadAsync(
                receiver,
                """
                SELECT id || ' from ' || before || ' to ' || version FROM (
                    SELECT id, version, lag(version) OVER (PARTITION BY id ORDER BY seq) AS before FROM audit_states) AS step
                WHERE version <= before
                """,
                row => row.GetString(0)));

    private static Published PublishedOf(NpgsqlDataReader row)
    {
        using var payload = JsonDocument.Parse(row.GetString(4));
        var root = payload.RootElement;
        return new(
            row.GetGuid(0),
            row.GetGuid(1),
            row.GetInt64(2),
            row.GetString(3),
            root.TryGetProperty("name", out var name) ? name.GetString() : null,
            root.TryGetProperty("value", out var value) ? value.GetDecimal() : null,
            row.GetString(5));
    }

    private static State StateOf(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetInt64(1),
        row.GetBoolean(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetDecimal(4));
}
