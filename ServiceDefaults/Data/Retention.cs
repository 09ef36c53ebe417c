using System.ComponentModel.DataAnnotations;
using NpgsqlTypes;
using ServiceDefaults.Resilience;
using ServiceDefaults.Startup;

namespace ServiceDefaults.Data;

/// <summary>The rows of one table that are removed when they are old.</summary>
/// <param name="Table">Name of the table, from the code and never from a user.</param>
/// <param name="TimeColumn">The column with the age of a row: a <c>timestamptz</c> with an index that begins with it.</param>
/// <param name="Condition">The rows that may be removed at all, as SQL. The index should have the same condition.</param>
/// <param name="Section">Section with the <see cref="RetentionOptions"/>.</param>
/// <param name="DefaultPeriod">How long rows are kept if nothing else is configured.</param>
public sealed record RetentionRule(string Table, string TimeColumn, string Condition, string Section, TimeSpan DefaultPeriod);

/// <summary>How long the rows of one table are kept, and how gently old ones are removed.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long a row is kept, by the database's clock. The default is that of the table's <see cref="RetentionRule"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan Period { get; set; }

    /// <summary>The most rows that one statement removes. Defaults to 2,000, a few milliseconds of work.</summary>
    [Range(1, 100_000)]
    public int StepSize { get; set; } = 2_000;

    /// <summary>The pause between two statements. Defaults to 50 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The pause after all old rows are removed. Defaults to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);
}

public static class RetentionExtensions
{
    /// <summary>Removes old rows of a table while the service runs. Several replicas may do so at once.</summary>
    public static void AddRetention<TContext>(this WebApplicationBuilder builder, RetentionRule rule)
        where TContext : DbContext
    {
        builder.AddSettings<RetentionOptions>(rule.Section, rule.Table, options => options.Period = rule.DefaultPeriod);

        // Not AddHostedService, which adds a type only once: a service may have several tables.
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<Retention<TContext>>(
            services, rule, services.GetRequiredService<IOptionsMonitor<RetentionOptions>>().Get(rule.Table)));
    }
}

/// <summary>
/// Removes the old rows of one table in small steps with pauses. One statement for all would lock and log for minutes, and would start over
/// after each interruption. A crash at any moment means: the step happened, or it did not.
/// </summary>
internal sealed partial class Retention<TContext>(
    RetentionRule rule,
    RetentionOptions options,
    DatabaseMigration<TContext> migration,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<Retention<TContext>> logger) : ResilientService(time, logger)
    where TContext : DbContext
{
    /// <summary>
    /// One step. It reads the index from the last step on, because removed rows stay in the index until they are vacuumed. Two steps that
    /// run at once wait for each other's rows and find them gone. A row that is changed meanwhile has moved, and stays.
    /// </summary>
    private readonly string _step = $"""
        WITH removed AS (
            DELETE FROM {rule.Table} WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM {rule.Table}
                WHERE {rule.TimeColumn} >= @from AND {rule.TimeColumn} < now() - @period AND {rule.Condition}
                ORDER BY {rule.TimeColumn} LIMIT @size))
            RETURNING {rule.TimeColumn} AS time)
        SELECT count(*), max(time) FROM removed
        """;

    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);
        while (true)
        {
            if (await RemoveAsync(stoppingToken) is > 0 and var removed)
            {
                LogRemoved(removed, rule.Table);
            }

            ReportProgress();
            await Task.Delay(options.Interval, Time, stoppingToken);
        }
    }

    /// <summary>Removes all old rows. It holds no connection during the pauses.</summary>
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

    /// <returns>The number of removed rows, and the time of the newest one.</returns>
    private async Task<(long Removed, DateTime Next)> StepAsync(DateTime from, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);
        try
        {
            // Its work is bounded, and its time is not: on a slow disk, a step that is cut off would be repeated for ever.
            await using var step = new NpgsqlCommand(_step, (NpgsqlConnection)database.GetDbConnection()) { CommandTimeout = 0 };
            step.Parameters.AddWithValue("from", NpgsqlDbType.TimestampTz, DateTime.SpecifyKind(from, DateTimeKind.Utc));
            step.Parameters.AddWithValue("period", options.Period);
            step.Parameters.AddWithValue("size", options.StepSize);
            await using var reader = await step.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? from : reader.GetDateTime(1));
        }
        finally
        {
            // The DbContext comes from a pool. Its next user expects it closed.
            await database.CloseConnectionAsync();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Removed {Count} rows of {Table}, as they are older than the retention period")]
    private partial void LogRemoved(long count, string table);
}
