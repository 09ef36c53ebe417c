using Npgsql;
using NpgsqlTypes;

namespace ReceiverService.DeadLetters;

/// <summary>The statements of dead letters.</summary>
internal static class DeadLetterSql
{
    private const string Add = """
        INSERT INTO dead_letters (message_id, type, body, properties, reason)
        VALUES (@messageId, @type, @body, @properties, @reason)
        """;

    /// <summary>Takes the row, and makes whoever else wants it wait and then find nothing.</summary>
    private const string Take = "DELETE FROM dead_letters WHERE id = @id RETURNING message_id, type, body, properties, reason";

    private const string KeepFor = "UPDATE dead_letters SET reason = @reason, replays = replays + 1 WHERE id = @id";

    public static void AddTo(NpgsqlBatch batch, DeadLetter letter)
    {
        var command = new NpgsqlBatchCommand(Add);
        command.Parameters.AddWithValue("messageId", NpgsqlDbType.Text, (object?)letter.MessageId ?? DBNull.Value);
        command.Parameters.AddWithValue("type", NpgsqlDbType.Text, (object?)letter.Type ?? DBNull.Value);
        command.Parameters.AddWithValue("body", letter.Body);
        command.Parameters.AddWithValue("properties", NpgsqlDbType.Json, letter.Properties);
        command.Parameters.AddWithValue("reason", letter.Reason);
        batch.BatchCommands.Add(command);
    }

    /// <summary>Removes a dead letter in the transaction of <paramref name="connection"/>.</summary>
    /// <returns>What was removed; null if there is none of this id.</returns>
    public static async Task<DeadLetter?> TakeAsync(long id, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection);
        command.Parameters.AddWithValue("id", id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DeadLetter
            {
                Id = id,
                MessageId = reader[0] as string,
                Type = reader[1] as string,
                Body = reader.GetFieldValue<byte[]>(2),
                Properties = reader.GetString(3),
                Reason = reader.GetString(4),
            }
            : null;
    }

    /// <summary>Notes why a dead letter still cannot be processed.</summary>
    public static async Task KeepAsync(long id, string reason, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(KeepFor, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("reason", DeadLetterContent.Storable(reason) ?? "");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
