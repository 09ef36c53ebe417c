using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
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
            Directory.Delete(FolderOf(volume), recursive: true);
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

    [PostgresFact]
    public async Task Two_applications_run_at_once_and_only_the_volume_of_the_other_one_is_refused()
    {
        var (mine, other) = ($"test-{Guid.NewGuid():N}", $"test-{Guid.NewGuid():N}");
        try
        {
            await using var first = await StartAsync(mine, "password");
            await using var second = await StartAsync(other, "password");

            var failure = await Assert.ThrowsAnyAsync<DistributedApplicationException>(() => StartAsync(mine, "password"));

            Assert.Contains($"The volume '{mine}' is in use by another AppHost", failure.Message, StringComparison.Ordinal);
            Assert.Equal(1, await ExecuteAsync(first, "SELECT 1"));
            Assert.Equal(1, await ExecuteAsync(second, "SELECT 1"));
        }
        finally
        {
            Directory.Delete(FolderOf(mine), recursive: true);
            Directory.Delete(FolderOf(other), recursive: true);
        }
    }

    [PostgresFact]
    public async Task Data_of_another_major_version_is_left_alone_and_the_start_fails_with_what_to_do()
    {
        var volume = $"test-{Guid.NewGuid():N}";
        var version = Path.Combine(Directory.CreateDirectory(Path.Combine(FolderOf(volume), "data")).FullName, "PG_VERSION");
        await File.WriteAllTextAsync(version, "8\n");
        try
        {
            await using var test = await TestApplication.StartAsync(
                builder => builder.AddPostgres("server").WithDataVolume(volume).AddDatabase("db"));
            await test.WaitForAsync("server", KnownResourceStates.FailedToStart);

            var reason = test.Snapshot("server").FailureReason;
            Assert.StartsWith("The data of 'server' was written by PostgreSQL 8, and only PostgreSQL ", reason, StringComparison.Ordinal);
            Assert.EndsWith($"install PostgreSQL 8, or delete {FolderOf(volume)} to start with no data.", reason, StringComparison.Ordinal);
            Assert.Equal("8\n", await File.ReadAllTextAsync(version));
        }
        finally
        {
            Directory.Delete(FolderOf(volume), recursive: true);
        }
    }

    private static string FolderOf(string volume) => Path.Combine(LocalFolder.Of(AppContext.BaseDirectory), volume);

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
        var address = await test.Application.GetConnectionStringAsync("db", test.Deadline);
        var connectionString = new NpgsqlConnectionStringBuilder(address) { Pooling = false };
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync(test.Deadline);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(test.Deadline);
    }
}
