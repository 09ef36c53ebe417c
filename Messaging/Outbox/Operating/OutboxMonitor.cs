namespace Messaging.Outbox.Operating;

/// <summary>Measures something of the outbox every few seconds, as long as the service runs.</summary>
internal abstract partial class OutboxMonitor(IServiceScopeFactory scopes, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected abstract Task MeasureAsync(OutboxContext outbox, CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
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
            await using var scope = scopes.CreateAsyncScope();
            await MeasureAsync(scope.ServiceProvider.GetRequiredService<OutboxContext>(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The database is away, or has no tables yet. The next measurement comes soon.
            LogFailed(logger, exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The outbox could not be measured: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
