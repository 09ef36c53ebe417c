using System.Diagnostics.Metrics;
using Messaging.Outbox.Writing;

namespace Messaging.Outbox.Operating;

/// <summary>Measures the backlog every few seconds. A relay that makes no progress shows in these metrics.</summary>
internal sealed partial class OutboxBacklogMonitor(
    IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider time, ILogger<OutboxBacklogMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var meter = meters.Create(OutboxExtensions.TelemetryName);
        var pending = meter.CreateGauge<long>("outbox.pending", "{message}", "Messages to publish.");
        var failed = meter.CreateGauge<long>("outbox.failed", "{message}", "Failed messages that wait for an operator.");
        var oldest = meter.CreateGauge<double>("outbox.oldest_pending.age", "s", "Age of the oldest message to publish.");
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var outbox = scope.ServiceProvider.GetRequiredService<OutboxContext>();
                var backlog = await OutboxBacklog.MeasureAsync(outbox, time, stoppingToken);
                pending.Record(backlog.Pending);
                failed.Record(backlog.Failed);
                oldest.Record(backlog.OldestAge?.TotalSeconds ?? 0);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The database is away, or has no tables yet. The next measurement comes soon.
                LogFailed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Debug, "The backlog could not be measured: {Reason}")]
    private partial void LogFailed(string reason);
}
