using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.Wal;

/// <summary>
/// Measures every few seconds how far the slot is behind, in bytes and in time. A slot that is behind makes the server keep its log, until
/// the disk is full or <c>max_slot_wal_keep_size</c> is reached.
/// </summary>
internal sealed class LogLagMonitor : OutboxMonitor, IHealthCheck
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly long Negligible = long.Parse(LogLag.Negligible, CultureInfo.InvariantCulture);

    private readonly TimeProvider _time;
    private readonly Gauge<long> _bytes;
    private readonly Gauge<double> _delay;

    /// <summary>Where the log ended at which time, from the first position on that is not confirmed yet.</summary>
    private readonly Queue<(long End, long Time)> _ends = [];

    private long _lastSlot;
    private volatile string? _problem;

    public LogLagMonitor(IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider time, ILogger<LogLagMonitor> logger)
        : base(scopes, time, logger)
    {
        (_time, _lastSlot) = (time, time.GetTimestamp());
        var meter = meters.Create(OutboxExtensions.TelemetryName);
        _bytes = meter.CreateGauge<long>("outbox.log.lag", "By", "Write-ahead log that the server keeps for the relay.");
        _delay = meter.CreateGauge<double>("outbox.log.delay", "s", "How long ago the relay's position was the end of the log.");
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());

    protected override async Task MeasureAsync(OutboxContext outbox, CancellationToken cancellationToken) =>
        Record(await LogLag.MeasureAsync(outbox, cancellationToken));

    private void Record(LogLag? lag)
    {
        if (lag is null)
        {
            // The relay creates it as soon as it can.
            _ends.Clear();
            var missing = _time.GetElapsedTime(_lastSlot);
            _problem = missing > LongestDelay
                ? $"For {missing.TotalSeconds:0} s, there has been no replication slot: the relay reads the table. Its log says why."
                : null;
            return;
        }

        _lastSlot = _time.GetTimestamp();
        _ends.Enqueue((lag.End, _time.GetTimestamp()));
        while (_ends.TryPeek(out var first) && first.End <= lag.End - lag.Bytes + Negligible)
        {
            _ends.Dequeue();
        }

        var delay = _ends.TryPeek(out var oldest) ? _time.GetElapsedTime(oldest.Time) : TimeSpan.Zero;
        _bytes.Record(lag.Bytes);
        _delay.Record(delay.TotalSeconds);
        _problem = lag.Status switch
        {
            "lost" => "The server has removed log that the relay had not read: the relay reads the table, and makes a new slot.",
            "unreserved" => $"The slot {lag.Slot} is about to be lost: the server keeps {lag.Bytes} bytes of its log for it, and no more.",
            _ when delay > LongestDelay => $"The relay has not followed the log for {delay.TotalSeconds:0} s: {lag.Bytes} bytes are kept.",
            _ => null,
        };
    }
}
