using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost.Tests.Infrastructure;

/// <summary>A database and a broker as local processes.</summary>
public sealed class LocalServers : IAsyncLifetime
{
    public const string Postgres = "postgres";
    public const string Broker = "broker";
    public const string Database = "db";

    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    internal LocalSystem System { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        System = await LocalSystem.StartAsync(builder =>
        {
            builder.AddLocalPostgres(Postgres, Folder(Postgres)).AddDatabase(Database);
            builder.AddLocalBroker(
                Broker,
                builder.AddParameter("user", "user"),
                builder.AddParameter("password", "with/odd@signs 'and\" \\spaces", secret: true),
                Folder(Broker)).WithOutageCommand(TimeSpan.FromSeconds(1));
        });
        await System.WaitUntilHealthyAsync(Postgres);
        await System.WaitUntilHealthyAsync(Broker);
    }

    public async Task DisposeAsync()
    {
        await System.DisposeAsync();
        await TestVolumes.RemoveAsync(_volumes);
    }

    private string Folder(string resource) => Solution.PathOf($".local/{_volumes}-{resource}");
}

/// <summary>Local processes that are stopped, started, restarted, crashed and paused. They keep their data.</summary>
public sealed class LocalProcessTests(LocalServers servers) : IClassFixture<LocalServers>
{
    private const string Postgres = LocalServers.Postgres;
    private const string Broker = LocalServers.Broker;
    private const string Database = LocalServers.Database;
    private const string Queue = "kept";

    private readonly LocalSystem _system = servers.System;
    private int _rows;

    [Fact]
    public async Task Data_and_messages_survive_a_stop_a_restart_and_a_crash()
    {
        await Sql.ExecuteAsync(await _system.ConnectionStringAsync(Database), "CREATE TABLE kept (id int)");
        await WriteAsync();

        // With these, PostgreSQL refuses to start without the settings that allow them.
        await Sql.ExecuteAsync(
            await _system.ConnectionStringAsync(Database), "SELECT pg_create_logical_replication_slot('reader', 'pgoutput')");
        await Sql.ExecuteAsync(
            await _system.ConnectionStringAsync(Database), "BEGIN; CREATE TABLE other (id int); PREPARE TRANSACTION 'prepared'");

        await _system.PressAsync(Postgres, KnownResourceCommands.StopCommand);
        await _system.PressAsync(Broker, KnownResourceCommands.StopCommand);
        await _system.EndedAsync(Postgres);
        await _system.EndedAsync(Broker);
        await _system.PressAsync(Postgres, KnownResourceCommands.StartCommand);
        await _system.PressAsync(Broker, KnownResourceCommands.StartCommand);
        await WriteAsync();

        await _system.PressAsync(Postgres, KnownResourceCommands.RestartCommand);
        await _system.PressAsync(Broker, KnownResourceCommands.RestartCommand);
        await WriteAsync();

        // The parent of a server is its script. If only the script is killed, the server must end too. Otherwise the next start would fail.
        await CrashAsync(Postgres, tree: false);
        await CrashAsync(Broker, tree: false);
        await WriteAsync();

        await CrashAsync(Postgres, tree: true);
        await CrashAsync(Broker, tree: true);
        await WriteAsync();
        Assert.Equal(5, await Sql.ScalarAsync<long>(await _system.ConnectionStringAsync(Database), "SELECT count(*) FROM kept"));
        Assert.Equal(5, await ReceiveAllAsync());
    }

    [Theory]
    [InlineData(Postgres, "postgres_connects")]
    [InlineData(Broker, "broker_amqp")]
    public async Task A_silent_server_is_unhealthy_within_seconds(string resource, string healthCheck)
    {
        await Eventually.GetAsync(() => _system.HealthAsync(healthCheck), health => health.Status is HealthStatus.Healthy);
        using var process = await _system.ProcessAsync(resource);
        await Signal.SendToTreeAsync(process.Id, "STOP");
        var paused = await _system.HealthAsync(healthCheck);
        await Signal.SendToTreeAsync(process.Id, "CONT");

        Assert.Equal(HealthStatus.Unhealthy, paused.Status);
        Assert.InRange(paused.Duration, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_server_that_is_down_is_unhealthy_and_refuses_connections()
    {
        await _system.PressAsync(Postgres, KnownResourceCommands.StopCommand);
        await _system.EndedAsync(Postgres);
        var health = await _system.HealthAsync("postgres_connects");
        Assert.Contains("refused", health.Description, StringComparison.OrdinalIgnoreCase);
        await _system.PressAsync(Postgres, KnownResourceCommands.StartCommand);
        await Eventually.GetAsync(() => _system.HealthAsync("postgres_connects"), health => health.Status is HealthStatus.Healthy);
    }

    [Fact]
    public async Task An_outage_of_the_broker_ends_although_the_browser_that_began_it_is_gone()
    {
        using var browser = new CancellationTokenSource();
        var outage = _system.PressAsync(Broker, "outage", browser.Token);
        await _system.EndedAsync(Broker);
        await browser.CancelAsync();
        await outage;
        await Eventually.GetAsync(() => _system.HealthAsync("broker_amqp"), health => health.Status is HealthStatus.Healthy);
    }

    /// <summary>Adds a row and a message once both servers are healthy.</summary>
    private async Task WriteAsync()
    {
        await _system.StateAsync(Postgres, KnownResourceStates.Running);
        await _system.StateAsync(Broker, KnownResourceStates.Running);
        var database = await _system.ConnectionStringAsync(Database);
        _rows++;
        await EventuallyDoneAsync(() => Sql.ExecuteAsync(
            database, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO kept VALUES ({_rows})")));
        await EventuallyDoneAsync(() => WithLinkAsync(
            session => new SenderLink(
                session, "test", new Target { Address = Queue, Durable = 2, Capabilities = [new Symbol("queue")] }, null),
            async link => await link.SendAsync(new Message(_rows) { Header = new Header { Durable = true } })));
    }

    private async Task<int> ReceiveAllAsync()
    {
        var received = new HashSet<int>();
        await WithLinkAsync(
            session => new ReceiverLink(
                session, "test", new Source { Address = Queue, Durable = 2, Capabilities = [new Symbol("queue")] }, null),
            async link =>
            {
                while (received.Count < _rows && await link.ReceiveAsync(TimeSpan.FromSeconds(30)) is { } message)
                {
                    received.Add((int)message.Body);
                    link.Accept(message);
                }
            });
        return received.Count;
    }

    private async Task WithLinkAsync<TLink>(Func<Session, TLink> attach, Func<TLink, Task> use)
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(await _system.ConnectionStringAsync(Broker)));
        try
        {
            await use(attach(new Session(connection)));
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    private async Task CrashAsync(string resource, bool tree)
    {
        using var process = await _system.ProcessAsync(resource);
        process.Kill(tree);
        await _system.EndedAsync(resource);
        await _system.PressAsync(resource, KnownResourceCommands.StartCommand);
    }

    /// <summary>Repeats an attempt that a server refuses while it is starting.</summary>
    private static Task<Exception?> EventuallyDoneAsync(Func<Task> attempt) => Eventually.GetAsync(
        async () =>
        {
            try
            {
                await attempt();
                return (Exception?)null;
            }
            catch (Exception exception) when (
                exception is Npgsql.NpgsqlException or AmqpException or System.Net.Sockets.SocketException or IOException)
            {
                return exception;
            }
        },
        failure => failure is null);
}
