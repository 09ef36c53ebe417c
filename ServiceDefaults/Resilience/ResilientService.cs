namespace ServiceDefaults.Resilience;

/// <summary>
/// A background service that nobody has to restart. When something interrupts its work, usually a broker or a database that is away, it
/// logs that once, waits, and starts over.
/// </summary>
public abstract partial class ResilientService(TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Short, so that a server that is back is noticed within seconds.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    private readonly Backoff _backoff = new(FirstDelay, LongestDelay, time);

    /// <summary>
    /// True once this interruption has been logged. A failure count above 0 is not enough: work that returned early has also waited,
    /// silently.
    /// </summary>
    private bool _isLogged;

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>True if the work has made progress since the last interruption, so that a new one is worth a line in the log.</summary>
    protected bool IsNewInterruption => _backoff.Failures == 0;

    /// <summary>Works until an exception interrupts it, or until it returns.</summary>
    /// <returns>True if the work is complete.</returns>
    protected abstract Task<bool> WorkAsync(CancellationToken stoppingToken);

    /// <summary>Reports that the work makes progress. The next interruption is a new one.</summary>
    protected void ReportProgress()
    {
        _isLogged = false;
        _backoff.Reset();
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryWorkAsync(stoppingToken))
            {
                await _backoff.DelayAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutdown is no failure.
        }
    }

    private async Task<bool> TryWorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await WorkAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            if (!_isLogged)
            {
                _isLogged = true;
                var service = GetType().Name.Split('`')[0];
                if (DatabaseAbsence.In(exception) is { } outage)
                {
                    LogOutage(Logger, service, DatabaseAbsence.ReasonOf(outage));
                }
                else
                {
                    LogInterrupted(Logger, exception, service);
                }
            }

            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Service} was interrupted. It tries again until it can continue")]
    private static partial void LogInterrupted(ILogger logger, Exception exception, string service);

    [LoggerMessage(2, LogLevel.Warning, "{Service} was interrupted. It tries again until it can continue: {Reason}")]
    private static partial void LogOutage(ILogger logger, string service, string reason);
}
