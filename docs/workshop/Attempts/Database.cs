using Npgsql;

namespace Attempts;

/// <summary>The database of one end. Each attempt has a schema of its own in it (attempt_1), beside the tables of the demo.</summary>
internal static class Database
{
    private const int Items = 100;

    public static async Task<NpgsqlConnection> OpenAsync(string name, int attempt)
    {
        var address = new NpgsqlConnectionStringBuilder(Surroundings.ConnectionString(name)) { SearchPath = $"attempt_{attempt}" };
        var database = new NpgsqlConnection(address.ConnectionString);
        await database.OpenAsync();
        return database;
    }

    /// <summary>Replaces the tables of an earlier run.</summary>
    public static Task ResetAsync(this NpgsqlConnection database, int attempt, string tables) => database.ExecuteAsync(
        $"DROP SCHEMA IF EXISTS attempt_{attempt} CASCADE; CREATE SCHEMA attempt_{attempt}; {tables}");

    /// <returns>Number of rows that were changed.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlConnection database, string sql, int? item = null)
    {
        await using var command = new NpgsqlCommand(sql, database);
        if (item is not null)
        {
            command.Parameters.AddWithValue("item", item);
        }

        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<int>> ReadItemsAsync(this NpgsqlConnection database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        await using var reader = await command.ExecuteReaderAsync();
        var items = new List<int>();
        while (await reader.ReadAsync())
        {
            items.Add(reader.GetInt32(0));
        }

        return items;
    }

    /// <returns>The number of the next item to save, from 1 to 100. Null after the last one.</returns>
    public static async Task<int?> NextItemAsync(this NpgsqlConnection database) =>
        await database.ReadItemsAsync("SELECT coalesce(max(number), 0) + 1 FROM items") is [var next and <= Items] ? next : null;
}
