using System.Diagnostics.Metrics;

namespace SenderService.Outbox;

/// <summary>What operators watch: does the backlog grow, how old is it, how fast does it drain, what is refused.</summary>
internal sealed class OutboxMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _publishDuration;
    private readonly Histogram<double> _deliveryLag;
    private readonly Gauge<long> _pending;
    private readonly Gauge<double> _oldestPendingAge;

    public OutboxMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(OutboxTelemetry.Name);
        _published = meter.CreateCounter<long>("outbox.published", "{message}", "Messages that the broker has accepted.");
        _refused = meter.CreateCounter<long>("outbox.refused", "{message}", "Attempts at a message that the broker has refused.");
        _publishDuration = meter.CreateHistogram<double>("outbox.publish.duration", "s", "From sending a batch to the last of its answers.");
        _deliveryLag = meter.CreateHistogram<double>("outbox.delivery.lag", "s", "From the change to the broker's acceptance of its message.");
        _pending = meter.CreateGauge<long>("outbox.pending", "{message}", "Messages that are still to be published.");
        _oldestPendingAge = meter.CreateGauge<double>("outbox.oldest_pending.age", "s", "Age of the oldest message that is still to be published.");
    }

    public void RecordPublished(TimeSpan lag)
    {
        _published.Add(1);
        _deliveryLag.Record(Math.Max(0, lag.TotalSeconds));
    }

    public void RecordRefused() => _refused.Add(1);

    public void RecordBatch(TimeSpan duration) => _publishDuration.Record(duration.TotalSeconds);

    public void RecordBacklog(long pending, TimeSpan oldestAge)
    {
        _pending.Record(pending);
        _oldestPendingAge.Record(oldestAge.TotalSeconds);
    }
}
