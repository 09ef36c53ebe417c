using ServiceDefaults.Startup;

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

    /// <summary>The shortest time between two lines about one cause. Work that fails every second would fill the log.</summary>
    private static readonly TimeSpan LinePause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Work that waits this long for something to do is not interrupted. An attempt that will fail also waits, but only for a moment.
    /// </summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(5);

    private const long NotIdle = -1;

    private readonly Backoff _backoff = new(FirstDelay, LongestDelay, time);

    /// <summary>The causes of this interruption that were seen. A count of failures is not enough: a second cause is news.</summary>
    private readonly HashSet<string> _causes = [];

    /// <summary>When a cause was last logged.</summary>
    private readonly Dictionary<string, long> _logged = [];

    private long _lastProgress = time.GetTimestamp();
    private long _idleSince = NotIdle;

    /// <summary>Why the work was interrupted, for operators. Null if it has made progress since.</summary>
    public string? Interruption { get; private set; }

    /// <summary>How long the work has made no progress. Zero if it waits for something to do.</summary>
    public TimeSpan StuckFor => IsIdle ? TimeSpan.Zero : Time.GetElapsedTime(Interlocked.Read(ref _lastProgress));

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>True if the work has made progress since the last interruption, so that a new one is worth a line in the log.</summary>
    protected bool IsNewInterruption => _backoff.Failures == 0;

    private bool IsIdle => Interlocked.Read(ref _idleSince) is not NotIdle and var since && Time.GetElapsedTime(since) >= IdleAfter;

    /// <summary>Works until an exception interrupts it, or until it returns.</summary>
    /// <returns>True if the work is complete.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong, so that to start over is useless. The service ends.</exception>
    protected abstract Task<bool> WorkAsync(CancellationToken stoppingToken);

    /// <summary>Reports that the work makes progress. The next interruption is a new one.</summary>
    protected void ReportProgress()
    {
        Interruption = null;
        Interlocked.Exchange(ref _lastProgress, Time.GetTimestamp());
        _causes.Clear();
        _backoff.Reset();
    }

    /// <summary>Reports what interrupts work that throws nothing.</summary>
    protected void ReportInterruption(string reason) => Interruption = reason;

    /// <summary>Waits for something to do.</summary>
    protected async ValueTask<T> IdleAsync<T>(ValueTask<T> wait)
    {
        Interlocked.Exchange(ref _idleSince, Time.GetTimestamp());
        try
        {
            return await wait;
        }
        finally
        {
            if (IsIdle)
            {
                Interruption = null;
                Interlocked.Exchange(ref _lastProgress, Time.GetTimestamp());
            }

            Interlocked.Exchange(ref _idleSince, NotIdle);
        }
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
        catch (Exception exception) when (
            exception is not ConfigurationException
            && (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested))
        {
            Interruption = Outage.ReasonOf(exception) ?? exception.Message;
            if (IsWorthALine(Outage.KindOf(exception)))
            {
                LogInterrupted(exception);
            }

            return false;
        }
    }

    private bool IsWorthALine(string cause)
    {
        if (!_causes.Add(cause) || (_logged.TryGetValue(cause, out var last) && Time.GetElapsedTime(last) < LinePause))
        {
            return false;
        }

        _logged[cause] = Time.GetTimestamp();
        return true;
    }

    private void LogInterrupted(Exception exception)
    {
        var service = GetType().Name.Split('`')[0];
        if (Outage.ReasonOf(exception) is { } reason)
        {
            LogOutage(Logger, service, reason);
        }
        else
        {
            LogFailure(Logger, exception, service);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Service} was interrupted. It tries again until it can continue: {Reason}")]
    private static partial void LogOutage(ILogger logger, string service, string reason);

    [LoggerMessage(101, LogLevel.Warning, "{Service} was interrupted. It tries again until it can continue")]
    private static partial void LogFailure(ILogger logger, Exception exception, string service);
}
