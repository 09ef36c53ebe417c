using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Resilience;

namespace ServiceDefaults.Data;

/// <summary>Keeps one table from growing for ever: now and then removes what is old, in small steps with pauses between them.</summary>
internal sealed partial class RetentionService<TContext>(
    BoundedDelete delete,
    RetentionOptions options,
    DatabaseMigration<TContext> migration,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<RetentionService<TContext>> logger) : ResilientService(time, logger)
    where TContext : DbContext
{
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);
        while (true)
        {
            if (await RemoveAsync(stoppingToken) is > 0 and var removed)
            {
                LogRemoved(removed, delete.Table);
            }

            ReportProgress();
            await Task.Delay(options.Interval, Time, stoppingToken);
        }
    }

    /// <summary>Removes all that is old. The connection is given back after each step: nothing is held during the pauses.</summary>
    private async Task<long> RemoveAsync(CancellationToken cancellationToken)
    {
        var all = 0L;
        var from = DateTime.MinValue;
        while (true)
        {
            (var removed, from) = await StepAsync(from, cancellationToken);
            all += removed;
            if (removed < options.StepSize)
            {
                return all;
            }

            await Task.Delay(options.Pause, Time, cancellationToken);
        }
    }

    private async Task<(long Removed, DateTime Next)> StepAsync(DateTime from, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);
        return await delete.StepAsync(
            (NpgsqlConnection)database.GetDbConnection(), options.Period, options.StepSize, from, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Information, "Removed {Count} rows of {Table} that were older than they are kept")]
    private partial void LogRemoved(long count, string table);
}
