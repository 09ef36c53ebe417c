using System.Text.Json;
using Npgsql;

namespace SenderService.Outbox.Relay;

/// <summary>
/// The database session of one relay. It holds the locks on the relay's partitions, and the relay reads and marks on the very same session:
/// losing the session is losing the right to mark, so there is no lease and no clock that could disagree. No transaction is open between
/// statements, so that nothing old is kept alive while the broker is waited for.
/// </summary>
internal sealed class OutboxSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private OutboxSession(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Opens a session and counts as a live relay from now on, without partitions yet.</summary>
    public static async Task<OutboxSession> OpenAsync(OutboxDatabase database, CancellationToken cancellationToken)
    {
        var session = new OutboxSession(await database.OpenAsync(cancellationToken));
        try
        {
            await using var command = session.Command($"{OutboxStatements.SetUp}; {OutboxLocks.Join}");
            await command.ExecuteNonQueryAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks what a relay has to know every second, and keeps the session alive by asking.</summary>
    /// <param name="low">Where to look for the lowest message that is not sent.</param>
    /// <param name="cancellationToken">Cancels the statement; the session goes on.</param>
    public async Task<Heartbeat> BeatAsync(long low, CancellationToken cancellationToken)
    {
        await using var command = Command(Heartbeat.Sql, ("low", low));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new(
            (int)reader.GetInt64(0),
            reader.GetFieldValue<string[]>(1),
            await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetInt64(2));
    }

    /// <summary>Takes up to <paramref name="count"/> of the partitions that no relay has.</summary>
    public async Task<IReadOnlyList<int>> TakePartitionsAsync(int[] partitions, int count, CancellationToken cancellationToken)
    {
        await using var command = Command(OutboxLocks.TryTake, ("partitions", partitions), ("count", count));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add(reader.GetInt32(0));
        }

        return taken;
    }

    /// <summary>Gives partitions back of which nothing is on its way any more.</summary>
    public Task GiveBackPartitionsAsync(int[] partitions, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxLocks.GiveBack, cancellationToken, ("partitions", partitions));

    /// <summary>The next pending messages of some partitions in the order of their ids, without those whose aggregate has to wait.</summary>
    public async Task<IReadOnlyList<PendingMessage>> ReadPendingAsync(int[] partitions, long from, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(
            OutboxStatements.ReadPending, ("partitions", partitions), ("from", from), ("limit", limit));
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
                reader.GetInt16(5),
                reader.GetFieldValue<byte[]>(6),
                JsonSerializer.Deserialize<OutboxHeaders>(reader.GetFieldValue<byte[]>(7), JsonSerializerOptions.Web)!,
                reader.GetFieldValue<DateTimeOffset>(8),
                reader.GetBoolean(9)));
        }

        return messages;
    }

    /// <summary>Records that the broker has accepted these messages.</summary>
    public Task MarkSentAsync(long[] ids, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxStatements.MarkSent, cancellationToken, ("ids", ids));

    /// <summary>Records that the broker has refused this message: when to try again by the database's clock, or that it is given up.</summary>
    /// <returns>Whether it is given up.</returns>
    public async Task<bool> MarkRefusedAsync(long id, string reason, OutboxOptions options, CancellationToken cancellationToken)
    {
        await using var command = Command(
            OutboxStatements.MarkRefused,
            ("id", id),
            ("error", reason),
            ("first", options.FirstRetryDelay),
            ("longest", options.MaxRetryDelay),
            ("attempts", options.MaxAttempts));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

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
