using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace AppHost.Workshop.Watching;

/// <summary>A message with everything that the tables have of it.</summary>
internal sealed class MessageDetails(NpgsqlDataSource sender, NpgsqlDataSource receiver, string? dashboard)
{
    private const string Row = "SELECT to_jsonb(message) FROM outbox_messages AS message WHERE message_id = $1";

    private const string Record = "SELECT to_jsonb(message) FROM inbox_messages AS message WHERE message_id = $1";

    private const string Letter =
        "SELECT to_jsonb(letter) - 'message' FROM dead_letters AS letter WHERE message_id = $1::text ORDER BY id DESC LIMIT 1";

    /// <summary>The row of the outbox with its headers and body, the record of the inbox, and the link to the trace.</summary>
    public async Task<IResult> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await ReadAsync(sender, Row, id, cancellationToken);
        var (headers, body) = (Take(row, "headers"), Take(row, "payload"));
        var details = new JsonObject
        {
            ["row"] = row,
            ["headers"] = headers,
            ["body"] = body,
            ["inbox"] = await ReadAsync(receiver, Record, id, cancellationToken),
            ["deadLetter"] = await ReadAsync(receiver, Letter, id, cancellationToken),
            ["trace"] = TraceOf(headers),
        };
        return Results.Text(details.ToJsonString(), "application/json");
    }

    private string? TraceOf(JsonNode? headers) =>
        headers?["traceParent"]?.GetValue<string>().Split('-') is [_, var trace, ..] && dashboard is not null
            ? $"{dashboard.TrimEnd('/')}/traces/detail/{trace}"
            : null;

    private static JsonNode? Take(JsonNode? row, string name)
    {
        var value = row?[name];
        (row as JsonObject)?.Remove(name);
        return value;
    }

    private static async Task<JsonNode?> ReadAsync(NpgsqlDataSource database, string sql, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? JsonNode.Parse(json) : null;
    }
}
