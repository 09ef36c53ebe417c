using System.Diagnostics.Metrics;

namespace Messaging.Outbox.Operating;

/// <summary>Measures the backlog every few seconds. A relay that makes no progress shows in these metrics.</summary>
internal sealed partial class OutboxBacklogMonitor : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly ILogger<OutboxBacklogMonitor> _logger;
    private readonly Gauge<long> _pending;
    private readonly Gauge<long> _failed;
    private readonly Gauge<double> _oldestAge;

    public OutboxBacklogMonitor(IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider time, ILogger<OutboxBacklogMonitor> logger)
    {
        (_scopes, _time, _logger) = (scopes, time, logger);
        var meter = meters.Create(OutboxExtensions.TelemetryName);
        _pending = meter.CreateGauge<long>("outbox.pending", "{message}", "Messages to publish.");
        _failed = meter.CreateGauge<long>("outbox.failed", "{message}", "Failed messages that wait for an operator.");
        _oldestAge = meter.CreateGauge<double>("outbox.oldest_pending.age", "s", "Age of the oldest message to publish.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, _time);
            do
            {
                await TryMeasureAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutdown is no failure.
        }
    }

    private async Task TryMeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = _scopes.CreateAsyncScope();
            var outbox = scope.ServiceProvider.GetRequiredService<OutboxContext>();
            var backlog = await OutboxBacklog.MeasureAsync(outbox, _time, cancellationToken);
            _pending.Record(backlog.Pending);
            _failed.Record(backlog.Failed);
            _oldestAge.Record(backlog.OldestAge?.TotalSeconds ?? 0);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The database is away, or has no tables yet. The next measurement comes soon.
            LogFailed(exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The backlog could not be measured: {Reason}")]
    private partial void LogFailed(string reason);
}
