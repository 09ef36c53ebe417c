using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Outbox.Operating;

/// <summary>
/// Measures the backlog every few seconds, and asks whether each partition has a relay. A relay that makes no progress shows in these
/// metrics.
/// </summary>
internal sealed class OutboxBacklogMonitor : OutboxMonitor, IHealthCheck
{
    /// <summary>Longer than relays need to share the partitions, and to take over from one that has died.</summary>
    private static readonly TimeSpan LongestWithoutRelay = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Gauge<long> _pending;
    private readonly Gauge<long> _failed;
    private readonly Gauge<double> _oldestAge;
    private long _allOwned;

    public OutboxBacklogMonitor(IServiceScopeFactory scopes, IMeterFactory meters, TimeProvider time, ILogger<OutboxBacklogMonitor> logger)
        : base(scopes, time, logger)
    {
        (_time, _allOwned) = (time, time.GetTimestamp());
        var meter = meters.Create(OutboxExtensions.TelemetryName);
        _pending = meter.CreateGauge<long>("outbox.pending", "{message}", "Messages to publish.");
        _failed = meter.CreateGauge<long>("outbox.failed", "{message}", "Failed messages that wait for an operator.");
        _oldestAge = meter.CreateGauge<double>("outbox.oldest_pending.age", "s", "Age of the oldest message to publish.");
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_time.GetElapsedTime(Interlocked.Read(ref _allOwned)) is var since && since <= LongestWithoutRelay
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"For {since.TotalSeconds:0} s, some partitions of the outbox have had no relay."));

    protected override async Task MeasureAsync(OutboxContext outbox, CancellationToken cancellationToken)
    {
        var backlog = await OutboxBacklog.MeasureAsync(outbox, cancellationToken);
        _pending.Record(backlog.Pending);
        _failed.Record(backlog.Failed);
        _oldestAge.Record(backlog.OldestAge(_time)?.TotalSeconds ?? 0);
        if (await outbox.Db.Database.SqlQueryRaw<long>(OutboxLocks.CountOwned).SingleAsync(cancellationToken) == OutboxPartition.Count)
        {
            Interlocked.Exchange(ref _allOwned, _time.GetTimestamp());
        }
    }
}
