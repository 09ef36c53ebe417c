using ServiceDefaults.Resilience;
using ServiceDefaults.Startup;

namespace ServiceDefaults.Data;

/// <summary>
/// Migrates the database when the service starts, once, even if several replicas start together. It waits for a database that is away.
/// Meanwhile the service answers <c>/alive</c> and is unhealthy, and nobody has to restart it.
/// </summary>
public sealed partial class DatabaseMigration<TContext>(
    IServiceScopeFactory scopes, DatabaseSource<TContext> source, TimeProvider time, ILogger<DatabaseMigration<TContext>> logger)
    : ResilientService(time, logger), IHealthCheck
    where TContext : DbContext
{
    /// <summary>The same in every process.</summary>
    private const long MigrationLock = 0x6F7574626F780001;

    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why this service cannot work with the database. Null as far as is known.</summary>
    private string? _problem;

    /// <summary>Completes when the database is migrated.</summary>
    public Task Completed => _completed.Task;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Completed.IsCompleted
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(_problem ?? "The database is not migrated to this version yet."));

    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await source.ThrowIfPooledAsync(stoppingToken);
        }
        catch (ConfigurationException exception)
        {
            if (_problem is null)
            {
                LogCannotWork(Logger, exception.Message);
            }

            _problem = exception.Message;
            return false;
        }

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
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            // A crash here means: the session ends, and its lock with it. Each migration is a transaction of its own.
            await database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
            await database.MigrateAsync(cancellationToken);
            await database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", cancellationToken);
        }
        finally
        {
            await database.CloseConnectionAsync();
        }
    }

    [LoggerMessage(2, LogLevel.Critical, "The service cannot work like this: {Problem}")]
    private static partial void LogCannotWork(ILogger logger, string problem);
}
