using Npgsql;
using NpgsqlTypes;
using ReceiverService.DeadLetters;

namespace ReceiverService.Inbox;

/// <summary>The statements of the inbox, run in the transaction of the effect.</summary>
internal static class InboxSql
{
    /// <summary>
    /// Not an insert that may fail: a unique violation would abort the transaction. A concurrent duplicate waits here for the first
    /// transaction to end, and then sees the truth. In the order of ids, so that two replicas cannot lock each other out.
    /// </summary>
    private const string Record = """
        INSERT INTO inbox_messages (message_id, consumer, type, occurred_at, is_dead_letter)
        SELECT id, @consumer, type, occurred_at, is_dead_letter
        FROM unnest(@ids, @types, @occurred, @dead) AS message (id, type, occurred_at, is_dead_letter)
        ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING message_id
        """;

    private const string Forget = "DELETE FROM inbox_messages WHERE message_id = @id AND consumer = @consumer AND is_dead_letter";

    /// <summary>Records the messages as processed by <paramref name="consumer"/>.</summary>
    /// <returns>Those that are new, each once, in the order given; and those without an id, which nobody can tell apart.</returns>
    public static async Task<IReadOnlyList<IncomingMessage>> RecordAsync(
        IReadOnlyList<IncomingMessage> messages, string consumer, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Of several with one id in this batch the first counts.
        var identified = messages.Where(message => message.MessageId is not null).DistinctBy(message => message.MessageId).ToArray();
        if (identified.Length == 0)
        {
            return messages;
        }

        await using var command = new NpgsqlCommand(Record, connection);
        command.Parameters.AddWithValue("consumer", consumer);
        Add("ids", NpgsqlDbType.Uuid, message => message.MessageId!.Value);
        Add("types", NpgsqlDbType.Text, message => DeadLetterContent.Storable(message.Type));
        Add("occurred", NpgsqlDbType.TimestampTz, message => message.OccurredAt?.UtcDateTime);
        Add("dead", NpgsqlDbType.Boolean, message => message.Failure is not null);

        var fresh = new HashSet<Guid>(identified.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            fresh.Add(reader.GetGuid(0));
        }

        return messages.Where(message => message.MessageId is not { } id || fresh.Remove(id)).ToArray();

        void Add<T>(string name, NpgsqlDbType type, Func<IncomingMessage, T> value) =>
            command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type)
            {
                TypedValue = Array.ConvertAll(identified, message => value(message)),
            });
    }

    /// <summary>Forgets a message that became a dead letter, so that it can be processed; one that had its effect stays.</summary>
    public static async Task ForgetDeadLetterAsync(Guid messageId, string consumer, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Forget, connection);
        command.Parameters.AddWithValue("id", messageId);
        command.Parameters.AddWithValue("consumer", consumer);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
