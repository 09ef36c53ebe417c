using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Resilience;

namespace ServiceDefaults.Data;

/// <summary>
/// Brings the database to the service's schema when the service starts, once, however many replicas start together. A database that is
/// away is waited for: the service answers <c>/alive</c> meanwhile, is unhealthy, and nobody has to restart it.
/// </summary>
public sealed partial class DatabaseMigration<TContext>(
    IServiceScopeFactory scopes, TimeProvider time, ILogger<DatabaseMigration<TContext>> logger) : BackgroundService, IHealthCheck
    where TContext : DbContext
{
    /// <summary>Constant, so that every process asks for the same lock.</summary>
    private const long MigrationLock = 0x6F7574626F780001;

    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the schema is there.</summary>
    public Task Completed => _completed.Task;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Completed.IsCompleted
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The database has not been brought to this version's schema yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3), time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MigrateAsync(stoppingToken);
                _completed.SetResult();
                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (backoff.Failures == 0)
                {
                    LogWaiting(exception, typeof(TContext).Name);
                }

                await backoff.DelayAsync(stoppingToken);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            // A crash here means that the session ends, and the lock with it; each migration is a transaction of its own.
            await database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
            await database.MigrateAsync(cancellationToken);
            await database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", cancellationToken);
        }
        finally
        {
            await database.CloseConnectionAsync();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The database of {Context} cannot be migrated yet; trying until it can")]
    private partial void LogWaiting(Exception exception, string context);
}
