namespace Messaging.Outbox.Relay;

/// <summary>
/// The database session of one relay. It holds the locks on the relay's partitions, and the relay reads and marks in this same session. So
/// a relay that loses its session loses the right to mark: there is no lease, and no clock that could disagree. No transaction is open
/// between two statements, so nothing old is kept alive while the relay waits for the broker.
/// </summary>
internal sealed class OutboxSession : IAsyncDisposable
{
    /// <summary>
    /// Settings of the session.
    /// <para>A relay that hangs or is cut off loses its session after five seconds without a statement. A live one asks every
    /// second.</para>
    /// <para>Marks do not wait for the disk. If the server crashes and loses one, the message is published again, as after any crash
    /// between publishing and marking. Entities and their messages are committed in other sessions, which do wait.</para>
    /// <para>The table is empty at one moment and full at the next, long before its statistics say so. With those, the planner would read
    /// and sort the whole backlog for every batch. So the only plan it is left with is to walk the indexes.</para>
    /// <para>The update changes nothing. It fails where marks would fail: in a read-only database, without the grant, or when somebody
    /// keeps the table locked. Without it, a relay would publish in each of its sessions what it cannot mark.</para>
    /// </summary>
    public const string SetUp = """
        SET idle_session_timeout = '5s';
        SET synchronous_commit = off;
        SET enable_seqscan = off;
        SET enable_bitmapscan = off;
        SET enable_sort = off;
        SET enable_hashjoin = off;
        SET enable_mergejoin = off;
        UPDATE outbox_messages SET status = status WHERE false
        """;

    private readonly NpgsqlConnection _connection;

    private OutboxSession(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Opens a session. From now on it counts as a live relay, without partitions yet.</summary>
    public static async Task<OutboxSession> OpenAsync(OutboxDatabase database, CancellationToken cancellationToken)
    {
        var session = new OutboxSession(await database.OpenAsync(cancellationToken));
        try
        {
            await session.ExecuteAsync($"{SetUp}; {OutboxLocks.Join}", cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <returns>Number of rows that were changed.</returns>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public NpgsqlCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
