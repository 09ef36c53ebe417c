using Npgsql;

namespace Testing;

/// <summary>Reads and changes a database directly, without the service.</summary>
public static class Sql
{
    public static async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Sets a setting of the server for a database. Sessions that begin from now on have it.</summary>
    public static Task<int> SetForDatabaseAsync(string database, string setting, string value) => ExecuteAsync(
        database, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(database).Database} SET {setting} = '{value}'");

    public static async Task<int> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }
}
