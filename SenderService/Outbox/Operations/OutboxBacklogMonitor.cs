using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Outbox.Operations;

/// <summary>Measures the backlog every few seconds, so that a relay that does not get on is seen from outside.</summary>
internal sealed partial class OutboxBacklogMonitor(
    DatabaseMigration<SenderDbContext> migration,
    IServiceScopeFactory scopes,
    OutboxMetrics metrics,
    TimeProvider time,
    ILogger<OutboxBacklogMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await MeasureAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SenderDbContext>();
        metrics.RecordBacklog(await OutboxBacklog.MeasureAsync(db, time, cancellationToken));
    }

    [LoggerMessage(1, LogLevel.Debug, "The backlog could not be measured: {Reason}")]
    private partial void LogFailed(string reason);
}
