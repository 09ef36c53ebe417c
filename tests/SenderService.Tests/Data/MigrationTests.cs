using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Tests.Data;

/// <summary>A migration takes as long as it takes. The connection string, the database and another instance cannot make it fail.</summary>
[Collection(SenderSuite.Name)]
public sealed class MigrationTests(Infrastructure infrastructure)
{
    /// <summary>True if the service waits for the lock, and for longer than the limits.</summary>
    private const string LongWait = """
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE 'SELECT pg_advisory_lock(%' AND now() - query_start > interval '3 s')
        """;

    /// <summary>Ends a session that migrates.</summary>
    private const string Interrupt = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()
        """;

    [Fact]
    public async Task No_time_limit_cuts_off_a_migration_and_it_is_done_once()
    {
        var database = await CreateDatabaseAsync();
        await MakeIndexesSlowAsync(database);
        await using var sender = Start(database);
        await sender.WaitUntilHealthyAsync();

        Assert.Equal(1, await Sql.ScalarAsync<long>(database, "SELECT count(*) FROM attempts"));
        Assert.Single(sender.Output, line => line.Contains("Migrating the database: 20", StringComparison.Ordinal));
        Assert.Single(sender.Output, line => line.Contains("The database is migrated. It took 00:00:0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_wait_for_another_instance_has_no_time_limit()
    {
        var database = await CreateDatabaseAsync();
        var other = await DatabaseLock.TakeAsync(
            database, $"SELECT pg_advisory_xact_lock({DatabaseMigration<SenderDbContext>.MigrationLock})");
        await using var sender = Start(database);
        await using (other)
        {
            await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(database, LongWait), waits => waits);
            Assert.DoesNotContain(sender.Output, line => line.Contains("was interrupted", StringComparison.Ordinal));
            Assert.Contains("Waiting for another instance, which migrates", await sender.HealthAsync(), StringComparison.Ordinal);
        }

        await sender.WaitUntilHealthyAsync();
    }

    [Fact]
    public async Task An_interrupted_migration_is_repeated()
    {
        var database = await CreateDatabaseAsync();
        await MakeIndexesSlowAsync(database);
        await using var sender = Start(database);
        await Eventually.GetAsync(() => Sql.ScalarAsync<long>(database, Interrupt), ended => ended == 1);
        await sender.WaitUntilHealthyAsync();
        Assert.Single(sender.Output, line => line.Contains("DatabaseMigration was interrupted", StringComparison.Ordinal));
    }

    /// <summary>The context of the migration goes back to the pool of contexts.</summary>
    [Fact]
    public async Task After_the_migration_statements_have_their_time_limit_again()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await using var scope = sender.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SenderDbContext>();
        Assert.Null(db.Database.GetCommandTimeout());
        await db.Database.OpenConnectionAsync();
        const string Interval = "SELECT current_setting('client_connection_check_interval') AS \"Value\"";
        Assert.Equal("0", await db.Database.SqlQueryRaw<string>(Interval).SingleAsync());
    }

    [Fact]
    public async Task A_database_that_ends_idle_sessions_too_soon_ends_the_service_with_one_sentence()
    {
        var database = await CreateDatabaseAsync();
        await Sql.SetForDatabaseAsync(database, "idle_session_timeout", "4s");
        await ServiceProcess.AssertSaysWhyItCannotStartAsync(
            "The setting idle_session_timeout of the database is 4 s: it must be 0, or at least 10 s.",
            RunningSender.Service,
            [.. RunningSender.Settings(database, infrastructure.Broker, Infrastructure.NewQueue()), "urls=http://127.0.0.1:0"]);
    }

    /// <summary>A database that cuts statements off, and a connection string that does so too.</summary>
    private async Task<string> CreateDatabaseAsync()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await Sql.SetForDatabaseAsync(database, "statement_timeout", "1s");
        return $"{database};Command Timeout=1";
    }

    /// <summary>Makes the creation of an index take longer than the limits, and notes the first of each committed attempt.</summary>
    private static Task<int> MakeIndexesSlowAsync(string database) => Sql.ExecuteAsync(database, """
        CREATE TABLE attempts (relation text);
        CREATE FUNCTION be_slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
            IF to_regclass('ix_outbox_messages_blocking') IS NOT NULL AND to_regclass('ix_outbox_messages_sent') IS NULL THEN
                PERFORM pg_sleep(2);
                INSERT INTO attempts SELECT 'pending' WHERE to_regclass('ix_outbox_messages_pending') IS NULL;
            END IF; END $$;
        CREATE EVENT TRIGGER be_slow ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION be_slow();
        """);

    private ServiceInstance Start(string database) => ServiceInstance.Start(
        RunningSender.Service,
        [.. RunningSender.Settings(database, infrastructure.Broker, Infrastructure.NewQueue()), "environment=Development"]);
}
