using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Postgres;
using Aspire.Hosting.Processes.Volumes;
using Aspire.Hosting.Testing;
using Npgsql;

namespace StandIns.Tests.Hosting;

public sealed class PostgresTests
{
    [PostgresFact]
    public async Task A_volume_keeps_the_data_through_crash_and_restart_and_a_new_password_is_accepted()
    {
        var volume = $"test-{Guid.NewGuid():N}";
        try
        {
            await using (var test = await StartAsync(volume, "first password"))
            {
                await ExecuteAsync(test, "CREATE TABLE kept AS SELECT 42 AS answer");
                var address = await test.Application.GetConnectionStringAsync("db", test.Deadline);

                var server = (int)test.Snapshot("server").Properties.Single(property => property.Name == "Process").Value!;
                System.Diagnostics.Process.GetProcessById(server).Kill();
                await test.WaitForAsync("server", KnownResourceStates.Exited);
                await test.WaitForAsync("db", KnownResourceStates.Exited);
                await test.CommandAsync("server", KnownResourceCommands.StartCommand);
                await test.Notifications.WaitForResourceHealthyAsync("db", test.Deadline);

                Assert.Equal(42, await ExecuteAsync(test, "SELECT answer FROM kept"));
                Assert.Equal(address, await test.Application.GetConnectionStringAsync("db", test.Deadline));
            }

            await using (var test = await StartAsync(volume, "it's another\" one"))
            {
                Assert.Equal(42, await ExecuteAsync(test, "SELECT answer FROM kept"));
            }
        }
        finally
        {
            Directory.Delete(Path.Combine(LocalFolder.Of(AppContext.BaseDirectory), volume), recursive: true);
        }
    }

    [PostgresFact]
    public async Task A_server_without_a_volume_starts_empty_each_time()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddPostgres("server").AddDatabase("db"));
        await test.Notifications.WaitForResourceHealthyAsync("db", test.Deadline);
        await ExecuteAsync(test, "CREATE TABLE lost (id int)");

        await test.CommandAsync("server", KnownResourceCommands.RestartCommand);
        await test.Notifications.WaitForResourceHealthyAsync("db", test.Deadline);

        Assert.Equal(DBNull.Value, await ExecuteAsync(test, "SELECT to_regclass('lost')::text"));
    }

    private static async Task<TestApplication> StartAsync(string volume, string password)
    {
        var test = await TestApplication.StartAsync(builder => builder
            .AddPostgres("server", password: builder.AddParameter("password", password, secret: true))
            .WithDataVolume(volume)
            .AddDatabase("db"));
        await test.Notifications.WaitForResourceHealthyAsync("db", test.Deadline);
        return test;
    }

    private static async Task<object?> ExecuteAsync(TestApplication test, string sql)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(await test.Application.GetConnectionStringAsync("db", test.Deadline)) { Pooling = false };
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync(test.Deadline);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(test.Deadline);
    }

    /// <summary>Needs a PostgreSQL on this machine.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute()
        {
            try
            {
                new PostgresPrograms(Path.Combine(LocalFolder.SolutionFolder(AppContext.BaseDirectory), "artifacts", "tools")).Find();
            }
            catch (DistributedApplicationException exception)
            {
                Skip = exception.Message;
            }
        }
    }
}
