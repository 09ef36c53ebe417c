using System.Net;
using Npgsql;
using SenderService.EntityItems;

namespace SenderService.Tests;

/// <summary>
/// What is wrong shows in <c>/health</c>: with the reason in Development, and without any details to strangers elsewhere.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class HealthTests(Infrastructure infrastructure)
{
    private const string Nowhere = "Host=127.0.0.1;Port=1";
    private const string NoBroker = "amqp://nobody:x@127.0.0.1:1";
    private static readonly string[] Secrets =
    [
        "127.0.0.1", ":1", "Exception", "Npgsql", "refused", "reached", "password", "does not", "read-only", "INSERT", "No space",
        "progress",
    ];

    [Fact]
    public async Task Outside_Development_health_contains_no_host_no_port_and_no_exception()
    {
        await using var sender = Start(Nowhere, NoBroker, "Production");
        var health = await ReportAsync(sender);
        Assert.Contains("\"broker\":{\"status\":\"Degraded\"", health, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, health, StringComparison.Ordinal));

        using var alive = await sender.Client.GetAsync(new Uri("/alive", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), (alive.StatusCode, await alive.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task In_Development_health_says_why_the_broker_cannot_be_reached()
    {
        await using var sender = Start(Nowhere, NoBroker, "Development");
        await Eventually.GetAsync(
            () => ReportAsync(sender), health => health.Contains("The broker at 127.0.0.1:1 cannot be reached", StringComparison.Ordinal));
    }

    [Fact]
    public Task A_database_that_cannot_be_reached_is_unhealthy() =>
        AssertUnhealthyAsync(Nowhere, "Failed to connect to 127.0.0.1:1: Connection refused");

    [Fact]
    public async Task Wrong_credentials_are_unhealthy_and_logged_in_one_line()
    {
        var wrong = With(await infrastructure.CreateDatabaseAsync(), address => address.Password = "wrong");
        await AssertUnhealthyAsync(wrong, "28P01: password authentication failed for user");

        await using var sender = ServiceInstance.Start(
            RunningSender.Service, [.. RunningSender.Settings(wrong, infrastructure.Broker, "any"), "environment=Development"]);
        await Eventually.GetAsync(sender.HealthAsync, health => health.Contains("28P01", StringComparison.Ordinal));
        await Eventually.GetAsync(
            () => Task.FromResult(sender.Output),
            output => output.Any(line => line.Contains("DatabaseMigration was", StringComparison.Ordinal)));
        Assert.DoesNotContain(sender.Output, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_database_is_unhealthy() => await AssertUnhealthyAsync(
        With(await infrastructure.CreateDatabaseAsync(), address => address.Database = "nowhere"), "3D000: database ");

    [Fact]
    public async Task Missing_grants_and_tables_are_unhealthy()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        var role = $"limited_{Guid.NewGuid():N}";
        await Sql.ExecuteAsync(database, $"""
            CREATE ROLE {role} LOGIN PASSWORD 'limited';
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
            REVOKE INSERT ON outbox_messages FROM {role};
            DROP TABLE idempotency_keys;
            """);
        var limited = With(database, address => (address.Username, address.Password) = (role, "limited"));
        await AssertUnhealthyAsync(limited, "INSERT on outbox_messages");
        await AssertUnhealthyAsync(limited, "SELECT on idempotency_keys");
    }

    [Fact]
    public async Task A_read_only_database_is_unhealthy()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await Sql.SetForDatabaseAsync(database, "default_transaction_read_only", "on");
        await AssertUnhealthyAsync(database, "The database is read-only.");
    }

    [SmallDiskFact]
    public async Task A_full_database_is_unhealthy()
    {
        var server = await infrastructure.CreateDatabaseAsync();
        using var disk = SmallDisk.Mount(40, ownedLike: await Sql.ScalarAsync<string>(server, "SHOW data_directory"));
        var name = $"full_{Guid.NewGuid():N}";
        await Sql.ExecuteAsync(server, $"CREATE TABLESPACE {name} LOCATION '{disk.Folder}'");
        await Sql.ExecuteAsync(server, $"CREATE DATABASE {name} TABLESPACE {name}");
        try
        {
            var full = With(server, address => (address.Database, address.Pooling) = (name, false));
            await using (var sender = Start(full, infrastructure.Broker, "Development"))
            {
                await sender.WaitUntilHealthyAsync();
            }

            await Sql.ExecuteAsync(full, "CREATE TABLE filler (filler text)");
            await Eventually.GetAsync(() => IsFullAsync(full), isFull => isFull);
            await AssertUnhealthyAsync(full, "53100: could not write");
        }
        finally
        {
            await Sql.ExecuteAsync(server, $"DROP DATABASE {name} WITH (FORCE)");
            await Sql.ExecuteAsync(server, $"DROP TABLESPACE {name}");
        }
    }

    [Fact]
    public async Task A_broker_that_takes_nothing_is_degraded_until_it_does()
    {
        await using var wire = new BrokerWire(infrastructure.Broker) { ReleasesAll = true };
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await OutboxRows.AddManyAsync(sender.Database, 1, aggregates: 1);
        await Eventually.GetAsync(sender.HealthAsync, health => health.Contains(
            "\"relay\":{\"status\":\"Degraded\",\"description\":\"No progress for 1", StringComparison.Ordinal)
            && health.Contains("The broker does not take messages now.", StringComparison.Ordinal));

        wire.ReleasesAll = false;
        await Eventually.HealthyAsync(sender.HealthAsync);
    }

    [Fact]
    public async Task A_broker_that_answers_nothing_is_degraded()
    {
        await using var wire = new BrokerWire(infrastructure.Broker) { KeepsAcceptances = true };
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await OutboxRows.AddManyAsync(sender.Database, 1, aggregates: 1);
        await Eventually.GetAsync(sender.HealthAsync, health => health.Contains(
            "does not answer.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_relay_that_cannot_mark_is_degraded_until_it_can()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await Sql.ExecuteAsync(sender.Database, """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no marks today'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON outbox_messages FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await OutboxRows.AddManyAsync(sender.Database, 1, aggregates: 1);
        await Eventually.GetAsync(sender.HealthAsync, health => health.Contains("P0001: no marks today", StringComparison.Ordinal));

        await Sql.ExecuteAsync(sender.Database, "DROP TRIGGER refuse ON outbox_messages");
        await Eventually.HealthyAsync(sender.HealthAsync);
    }

    /// <summary>The reason shows in Development. Elsewhere only the status does.</summary>
    private async Task AssertUnhealthyAsync(string database, string reason)
    {
        await using (var sender = Start(database, infrastructure.Broker, "Development"))
        {
            await Eventually.GetAsync(() => ReportAsync(sender), health => DatabaseIn(health).Contains(reason, StringComparison.Ordinal));
        }

        await using var elsewhere = Start(database, infrastructure.Broker, "Production");
        var report = await ReportAsync(elsewhere);
        Assert.StartsWith("{\"status\":\"Unhealthy\",\"description\":null}", DatabaseIn(report), StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, report, StringComparison.Ordinal));
    }

    private static string DatabaseIn(string report) => report.Split("\"senderdb\":")[1].Split(",\"schema\"")[0];

    private static string With(string database, Action<NpgsqlConnectionStringBuilder> change)
    {
        var address = new NpgsqlConnectionStringBuilder(database);
        change(address);
        return address.ConnectionString;
    }

    /// <summary>Fills the disk a little more.</summary>
    private static async Task<bool> IsFullAsync(string database)
    {
        try
        {
            await Sql.ExecuteAsync(database, "INSERT INTO filler SELECT repeat(md5(i::text), 30) FROM generate_series(1, 1000) AS i");
            return false;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DiskFull)
        {
            return true;
        }
    }

    private static ServiceHost<EntityItem> Start(string database, string broker, string environment)
    {
        var sender = new ServiceHost<EntityItem>([.. RunningSender.Settings(database, broker, "any"), $"environment={environment}"]);
        sender.Start();
        return sender;
    }

    private static async Task<string> ReportAsync(ServiceHost<EntityItem> sender)
    {
        using var response = await sender.Client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
