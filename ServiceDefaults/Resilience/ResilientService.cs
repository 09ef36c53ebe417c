using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Resilience;

/// <summary>
/// A background service that nobody has to restart: what interrupts its work, a broker or a database that is away above all, is logged once
/// and answered by beginning anew after a backoff.
/// </summary>
public abstract partial class ResilientService(TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Short, so that the return of a server is noticed within seconds.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    private readonly Backoff _backoff = new(FirstDelay, LongestDelay, time);

    /// <summary>Whether it was logged what interrupts the work: to have waited says nothing of it, as work that only returned told nobody.</summary>
    private bool _isTold;

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>Whether the work got on since it was interrupted the last time: then an interruption is worth a line.</summary>
    protected bool IsNewInterruption => _backoff.Failures == 0;

    /// <summary>Works until it is interrupted, by an exception or by returning.</summary>
    /// <returns>Whether the work is done for good.</returns>
    protected abstract Task<bool> WorkAsync(CancellationToken stoppingToken);

    /// <summary>Says that the work gets on: the next interruption is a new one.</summary>
    protected void ReportProgress()
    {
        _isTold = false;
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
            if (!_isTold)
            {
                _isTold = true;
                LogInterrupted(Logger, exception, GetType().Name.Split('`')[0]);
            }

            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Service} was interrupted; it goes on as soon as it can")]
    private static partial void LogInterrupted(ILogger logger, Exception exception, string service);
}
