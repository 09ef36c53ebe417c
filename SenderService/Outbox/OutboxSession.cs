using System.Text.Json;
using Npgsql;

namespace SenderService.Outbox;

/// <summary>
/// The database session of the relay that is at work: of all relays on this database only one holds the session lock, and it reads and
/// marks
/// on the very same session. Losing the session is losing the right to mark; there is no lease and no clock that could disagree.
/// No transaction is open between statements, so that nothing old is kept alive while the broker is waited for.
/// </summary>
internal sealed class OutboxSession : IAsyncDisposable
{
    /// <summary>Constant, so that every process asks for the same lock.</summary>
    private const long RelayLock = 0x6F7574626F780002;

    /// <summary>Polled: a statement that waits for the lock would hold a snapshot all the while, and keep vacuum from its work.</summary>
    private const string TakeLock = $"SELECT pg_try_advisory_lock(@{nameof(RelayLock)})";

    /// <summary>Walks ix_outbox_messages_pending in order; the blocking messages are few, each looked up in
    /// ix_outbox_messages_blocking.</summary>
    private const string ReadPending = $"""
        SELECT id, message_id, type, aggregate_id, aggregate_version, payload, headers, occurred_at
        FROM outbox_messages AS message
        WHERE {OutboxSql.IsPending}
          AND (next_attempt_at IS NULL OR next_attempt_at <= now())
          AND NOT EXISTS (
            SELECT FROM outbox_messages AS earlier
            WHERE earlier.aggregate_id = message.aggregate_id
              AND earlier.id < message.id
              AND ({OutboxSql.IsBlocking}))
        ORDER BY id
        LIMIT @limit
        """;

    private const string MarkSent = $"""
        UPDATE outbox_messages SET status = 'Sent', sent_at = now(), next_attempt_at = NULL
        WHERE id = ANY(@ids) AND {OutboxSql.IsPending}
        """;

    private const string MarkRefused = $"""
        UPDATE outbox_messages SET
            attempts = attempts + 1,
            last_error = @error,
            next_attempt_at = now() + least(@first * power(2, least(attempts, 30)), @longest)
        WHERE id = @id AND {OutboxSql.IsPending}
        """;

    private readonly NpgsqlConnection _connection;

    private OutboxSession(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Opens a session and tries to take the lock.</summary>
    /// <returns>Null if another relay is at work.</returns>
    public static async Task<OutboxSession?> TryOpenAsync(OutboxDatabase database, CancellationToken cancellationToken)
    {
        var session = new OutboxSession(await database.OpenAsync(cancellationToken));
        try
        {
            await using var command = session.Command(TakeLock, (nameof(RelayLock), RelayLock));
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return session;
            }
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        await session.DisposeAsync();
        return null;
    }

    /// <summary>The next pending messages in the order of their ids, without those whose aggregate has to wait.</summary>
    public async Task<IReadOnlyList<PendingMessage>> ReadPendingAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(ReadPending, ("limit", limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<PendingMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new(
                reader.GetInt64(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetGuid(3),
                reader.GetInt64(4),
                reader.GetString(5),
                JsonSerializer.Deserialize<OutboxHeaders>(reader.GetString(6), JsonSerializerOptions.Web)!,
                reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return messages;
    }

    /// <summary>Records that the broker has accepted these messages.</summary>
    public async Task MarkSentAsync(long[] ids, CancellationToken cancellationToken)
    {
        await using var command = Command(MarkSent, ("ids", ids));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records that the broker has refused this message, and when to try again by the database's clock.</summary>
    public async Task MarkRefusedAsync(long id, string error, TimeSpan firstDelay, TimeSpan longestDelay, CancellationToken cancellationToken)
    {
        await using var command = Command(MarkRefused, ("id", id), ("error", error), ("first", firstDelay), ("longest", longestDelay));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
