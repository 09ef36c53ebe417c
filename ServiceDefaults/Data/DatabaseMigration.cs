using Microsoft.EntityFrameworkCore.Infrastructure;
using ServiceDefaults.Resilience;
using ServiceDefaults.Startup;

namespace ServiceDefaults.Data;

/// <summary>
/// Migrates the database when the service starts, once, even if several replicas start together. It waits for a database that is away.
/// Meanwhile the service answers <c>/alive</c> and is unhealthy, and nobody has to restart it. A migration may take hours: nothing but the
/// end of the service cuts it off.
/// </summary>
public sealed partial class DatabaseMigration<TContext>(
    IServiceScopeFactory scopes, DatabaseSource<TContext> source, TimeProvider time, ILogger<DatabaseMigration<TContext>> logger)
    : ResilientService(time, logger), IHealthCheck
    where TContext : DbContext
{
    /// <summary>The key of the lock. The same in every process.</summary>
    internal const long MigrationLock = 0x6F7574626F780001;

    /// <summary>
    /// Takes the limits off the session that a role or a database may have. Older servers do not know all of them. A server that has lost
    /// its client stops a statement within seconds, so that another instance can begin.
    /// </summary>
    private const string WithoutLimits = """
        SELECT set_config(name, value, false)
        FROM (VALUES
            ('statement_timeout', '0'),
            ('lock_timeout', '0'),
            ('transaction_timeout', '0'),
            ('idle_in_transaction_session_timeout', '0'),
            ('client_connection_check_interval', '5s'),
            ('tcp_keepalives_idle', '10'),
            ('tcp_keepalives_interval', '5'),
            ('tcp_keepalives_count', '4')) AS setting (name, value)
        JOIN pg_settings USING (name)
        """;

    /// <summary>In milliseconds. Servers before PostgreSQL 14 do not have it.</summary>
    private const string IdleTimeout = """
        SELECT coalesce((SELECT setting::int FROM pg_settings WHERE name = 'idle_session_timeout'), 0) AS "Value"
        """;

    /// <summary>Twice the interval in which idle sessions of the outbox show that they are alive.</summary>
    private static readonly TimeSpan LeastIdleTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _step;

    /// <summary>Completes when the database is migrated.</summary>
    public Task Completed => _completed.Task;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Completed.IsCompleted
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The database is not migrated to this version yet. {_step ?? Interruption}"));

    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await source.ThrowIfPooledAsync(stoppingToken);
        await MigrateAsync(stoppingToken);
        _completed.SetResult();
        return true;
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TContext>();
        using var direct = source.ConnectDirectly(db);
        var database = db.Database;
        database.SetCommandTimeout(TimeSpan.Zero);
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await CheckSettingsAsync(database, cancellationToken);
            await database.ExecuteSqlRawAsync(WithoutLimits, cancellationToken);

            // A crash here means: the session ends, and its lock with it. What was migrated in part is rolled back, and done again.
            await TellAsync(
                "Waiting for another instance, which migrates",
                database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken));
            string[] pending = [.. await database.GetPendingMigrationsAsync(cancellationToken)];
            if (pending.Length > 0)
            {
                var step = $"Migrating the database: {string.Join(", ", pending)}";
                LogBegun(step);
                var begun = Time.GetTimestamp();
                await TellAsync(step, database.MigrateAsync(cancellationToken));
                LogEnded(Time.GetElapsedTime(begun));
            }

            await database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", cancellationToken);
        }
        finally
        {
            _step = null;
            await database.CloseConnectionAsync();
        }
    }

    /// <summary>Waits for a step, and logs now and then how long it takes.</summary>
    private async Task TellAsync(string step, Task work)
    {
        _step = step;
        var begun = Time.GetTimestamp();
        while (true)
        {
            try
            {
                await work.WaitAsync(ReportInterval, Time);
                return;
            }
            catch (TimeoutException) when (!work.IsCompleted)
            {
                LogContinues(step, Time.GetElapsedTime(begun));
            }
        }
    }

    private static async Task CheckSettingsAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromMilliseconds(await database.SqlQueryRaw<int>(IdleTimeout).SingleAsync(cancellationToken));
        if (timeout > TimeSpan.Zero && timeout < LeastIdleTimeout)
        {
            throw new ConfigurationException(
                $"The setting idle_session_timeout of the database is {timeout.TotalSeconds:0.#} s: it must be 0, or at least "
                + $"{LeastIdleTimeout.TotalSeconds} s. Set it in the connection string (Options), for the role or for the database.");
        }
    }

    [LoggerMessage(2, LogLevel.Information, "{Step}")]
    private partial void LogBegun(string step);

    [LoggerMessage(3, LogLevel.Information, "{Step}. This has taken {Elapsed} so far")]
    private partial void LogContinues(string step, TimeSpan elapsed);

    [LoggerMessage(4, LogLevel.Information, "The database is migrated. It took {Elapsed}")]
    private partial void LogEnded(TimeSpan elapsed);
}
