using System.Text.Json;
using Npgsql;

namespace Peers;

/// <summary>
/// The lowest cost of a POST: no EF Core, no validation, no telemetry. One transaction with the same two inserts, in the round trips that
/// EF Core needs too: both inserts together with the BEGIN, then the COMMIT.
/// </summary>
internal static class Floor
{
    private const string InsertEntity = """
        INSERT INTO entity_items (id, name, value, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
        """;

    private const string InsertMessage = """
        INSERT INTO outbox_messages
            (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
        VALUES ($1, 'EntityItemCreated', $2, $3, 0, $4::json, $5::json, $6, 'Pending', 0)
        """;

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var database = NpgsqlDataSource.Create($"Max Auto Prepare=20;{builder.Configuration.GetConnectionString("senderdb")}");
        var app = builder.Build();
        app.MapPost(EntityEndpoints.Path, (EntityItemRequest request, CancellationToken cancellationToken) =>
            CreateAsync(request, database, cancellationToken));
        return app;
    }

    private static async Task<IResult> CreateAsync(
        EntityItemRequest request, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var item = EntityEndpoints.Create(request);
        var messageId = Guid.CreateVersion7(item.CreatedAt);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(InsertEntity, item.Id, item.Name, item.Value, item.Version, item.CreatedAt, item.UpdatedAt);
        Add(
            InsertMessage,
            messageId,
            item.Id,
            item.Version,
            JsonSerializer.Serialize(EntityItemChanged.Of(item), JsonSerializerOptions.Web),
            $$"""{"correlationId":"{{messageId}}"}""",
            item.CreatedAt);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Results.Created($"{EntityEndpoints.Path}/{item.Id}", item);

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.AddWithValue(value);
            }

            batch.BatchCommands.Add(command);
        }
    }
}
