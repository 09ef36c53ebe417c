using Npgsql;
using NpgsqlTypes;

namespace ReceiverService.Inbox;

/// <summary>The statements of the inbox, run in the transaction of the effect.</summary>
internal static class InboxSql
{
    /// <summary>
    /// Not an insert that may fail: a unique violation would abort the transaction. A concurrent duplicate waits here for the first
    /// transaction to end, and then sees the truth. In the order of ids, so that two replicas cannot lock each other out.
    /// </summary>
    private const string Record = """
        INSERT INTO inbox_messages (message_id, consumer)
        SELECT id, @consumer FROM unnest(@ids) AS id ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING message_id
        """;

    private const string AddDeadLetter = """
        INSERT INTO dead_letters (message_id, type, body, properties, reason)
        VALUES (@messageId, @type, @body, @properties, @reason)
        """;

    /// <summary>Records the messages as processed by <paramref name="consumer"/>.</summary>
    /// <returns>Those that are new, each once, in the order given; and those without an id, which nobody can tell apart.</returns>
    public static async Task<IReadOnlyList<IncomingMessage>> RecordAsync(
        IReadOnlyList<IncomingMessage> messages, string consumer, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Record, connection);
        command.Parameters.AddWithValue("consumer", consumer);
        command.Parameters.AddWithValue("ids", messages.Select(message => message.MessageId).OfType<Guid>().ToArray());

        var fresh = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            fresh.Add(reader.GetGuid(0));
        }

        return messages.Where(message => message.MessageId is not { } id || fresh.Remove(id)).ToArray();
    }

    public static async Task AddDeadLetterAsync(DeadLetter letter, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AddDeadLetter, connection);
        command.Parameters.AddWithValue("messageId", NpgsqlDbType.Text, (object?)letter.MessageId ?? DBNull.Value);
        command.Parameters.AddWithValue("type", NpgsqlDbType.Text, (object?)letter.Type ?? DBNull.Value);
        command.Parameters.AddWithValue("body", letter.Body);
        command.Parameters.AddWithValue("properties", NpgsqlDbType.Json, letter.Properties);
        command.Parameters.AddWithValue("reason", letter.Reason);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
