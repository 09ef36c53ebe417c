using Npgsql;

namespace Testing;

/// <summary>A lock in a session of the test. It holds a service at one step of a transaction for as long as the test wants.</summary>
public sealed class DatabaseLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _database;

    private DatabaseLock(string database) => (_database, _connection) = (database, new NpgsqlConnection($"{database};Pooling=false"));

    /// <summary>Takes a lock.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="statement">Takes the lock until the transaction ends: <c>LOCK TABLE …</c>, or an advisory lock.</param>
    public static async Task<DatabaseLock> TakeAsync(string database, string statement)
    {
        var held = new DatabaseLock(database);
        await held._connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {statement}", held._connection);
        await command.ExecuteNonQueryAsync();
        return held;
    }

    /// <summary>Waits until this many sessions wait for a lock in a statement that begins with <paramref name="statement"/>.</summary>
    public async Task WaitedForAsync(string statement, int sessions = 1) => await Eventually.GetAsync(
        () => Sql.ScalarAsync<long>(_database, $"""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND ltrim(query) ILIKE '{statement}%'
            """),
        waiting => waiting >= sessions);

    /// <summary>Gives the lock back. Whoever waits for it continues.</summary>
    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
