using System.Globalization;
using Amqp;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using Xunit;

namespace Testing;

/// <summary>
/// A real PostgreSQL and a real broker on free ports. They start once for all tests of an assembly, as the AppHost starts them. Each test
/// takes its own database and its own queue. So tests can run in parallel.
/// </summary>
public sealed class Infrastructure : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";
    private DistributedApplication? _app;
    private string _postgres = "";
    private int _databases;

    /// <summary>The broker's AMQP address, user and password included.</summary>
    public string Broker { get; private set; } = "";

    public async Task InitializeAsync()
    {
        // A host watches its files for changes, and Linux allows a user 128 watchers. A suite has hundreds of hosts.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        _app = await Orchestrator.StartAsync(Build);
        using var timeout = new CancellationTokenSource(StartTimeout);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("postgres", timeout.Token);
        await _app.ResourceNotifications.WaitForResourceHealthyAsync("artemis", timeout.Token);
        _postgres = (await _app.GetConnectionStringAsync("db", timeout.Token))!;
        Broker = (await _app.GetConnectionStringAsync("artemis", timeout.Token))!;
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            await TestVolumes.RemoveAsync(_volumes);
        }
    }

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(_postgres);
        await connection.OpenAsync();

        // A server has ten replication slots. The tests before have left theirs.
        await using var drop = new NpgsqlCommand(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active", connection);
        await drop.ExecuteNonQueryAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();

        // Small pools that close idle connections soon. All tests share the server's connections, and a pool lives longer than its test.
        return new NpgsqlConnectionStringBuilder(_postgres)
        {
            Database = name,
            MaxPoolSize = 10,
            ConnectionIdleLifetime = 5,
            ConnectionPruningInterval = 5,
        }.ConnectionString;
    }

    /// <summary>Gives the database server a setting that it reads only when it starts, and starts it again.</summary>
    public async Task RestartPostgresAsync(string setting, string value)
    {
        await Sql.ExecuteAsync(_postgres, $"ALTER SYSTEM SET {setting} = '{value}'");
        NpgsqlConnection.ClearAllPools();
        using var timeout = new CancellationTokenSource(StartTimeout);
        await _app!.ResourceCommands.ExecuteCommandAsync("postgres", KnownResourceCommands.RestartCommand, timeout.Token);

        // The old server may still be there for a moment.
        await Eventually.GetAsync(() => HasAsync(setting, value), isSet => isSet, StartTimeout);
    }

    public static string NewQueue() => $"test-{Guid.NewGuid():N}";

    /// <summary>A connection of the test's own, beside those of the service.</summary>
    public async Task<Connection> ConnectAsync() => await new ConnectionFactory().CreateAsync(new Address(Broker));

    private Task<DistributedApplication> Build()
    {
        var builder = Orchestrator.CreateBuilder();
        builder.AddDatabase("db", server: "postgres", $"{_volumes}-postgres");
        builder.AddBroker(
            "artemis",
            builder.AddParameter("user", "artemis"),
            builder.AddParameter("password", "secret/with+odd@signs", secret: true),
            $"{_volumes}-artemis");
        return Task.FromResult(builder.Build());
    }

    private async Task<bool> HasAsync(string setting, string value)
    {
        try
        {
            return await Sql.ScalarAsync<string>($"{_postgres};Pooling=false", $"SHOW {setting}") == value;
        }
        catch (NpgsqlException)
        {
            return false; // it stops or starts
        }
    }
}
