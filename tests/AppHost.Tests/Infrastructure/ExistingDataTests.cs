using Aspire.Hosting;
using Npgsql;

namespace AppHost.Tests.Infrastructure;

/// <summary>Servers that start with existing data after the model was changed.</summary>
public sealed class ExistingDataTests : IAsyncLifetime
{
    private const string Server = "postgres";
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task After_a_restart_a_new_database_exists_a_new_password_counts_and_the_data_stays()
    {
        await using (var before = await StartAsync("the first one's password", "first"))
        {
            await Sql.ExecuteAsync(await before.ConnectionStringAsync("first"), "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        await using var after = await StartAsync("another, with 'quotes' \"and\" \\signs", "first", "second");
        Assert.Equal(42, await Sql.ScalarAsync<int>(await after.ConnectionStringAsync("first"), "SELECT answer FROM kept"));
        Assert.Equal(
            "second", await Sql.ScalarAsync<string>(await after.ConnectionStringAsync("second"), "SELECT current_database()::text"));

        var old = new NpgsqlConnectionStringBuilder(await after.ConnectionStringAsync("first")) { Password = "the first one's password" };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Sql.ScalarAsync<int>(old.ConnectionString, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    private async Task<LocalSystem> StartAsync(string password, params string[] databases)
    {
        var system = await LocalSystem.StartAsync(builder =>
        {
            builder.Configuration[$"Parameters:{Server}-password"] = password;
            var server = builder.AddLocalPostgres(Server, Solution.PathOf($".local/{_volumes}-{Server}"));
            Array.ForEach(databases, name => server.AddDatabase(name));
        });
        await system.WaitUntilHealthyAsync(Server);
        return system;
    }
}
