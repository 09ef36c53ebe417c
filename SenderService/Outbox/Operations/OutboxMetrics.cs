using System.Diagnostics.Metrics;
using SenderService.Outbox.Relay;

namespace SenderService.Outbox.Operations;

/// <summary>What operators watch: does the backlog grow, how old is it, how fast does it drain, what is refused.</summary>
internal sealed class OutboxMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _publishDuration;
    private readonly Histogram<double> _deliveryLag;
    private readonly Gauge<long> _pending;
    private readonly Gauge<long> _failed;
    private readonly Gauge<double> _oldestPendingAge;

    public OutboxMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(OutboxTelemetry.Name);
        _published = meter.CreateCounter<long>("outbox.published", "{message}", "Messages that the broker has accepted.");
        _refused = meter.CreateCounter<long>("outbox.refused", "{message}", "Attempts at a message that the broker has refused.");
        _publishDuration = meter.CreateHistogram<double>("outbox.publish.duration", "s", "From reading a batch to the last of its answers.");
        _deliveryLag = meter.CreateHistogram<double>("outbox.delivery.lag", "s", "From the change to the mark that the broker has accepted its message.");
        _pending = meter.CreateGauge<long>("outbox.pending", "{message}", "Messages that are still to be published.");
        _failed = meter.CreateGauge<long>("outbox.failed", "{message}", "Messages that are failed, until an operator decides.");
        _oldestPendingAge = meter.CreateGauge<double>("outbox.oldest_pending.age", "s", "Age of the oldest message that is still to be published.");
    }

    public void RecordPublished(IReadOnlyCollection<PendingMessage> messages, DateTimeOffset now)
    {
        _published.Add(messages.Count);
        foreach (var message in messages)
        {
            _deliveryLag.Record(Math.Max(0, (now - message.OccurredAt).TotalSeconds));
        }
    }

    public void RecordRefused() => _refused.Add(1);

    public void RecordBatch(TimeSpan duration) => _publishDuration.Record(duration.TotalSeconds);

    public void RecordBacklog(OutboxBacklog backlog)
    {
        _pending.Record(backlog.Pending);
        _failed.Record(backlog.Failed);
        _oldestPendingAge.Record(backlog.OldestAge?.TotalSeconds ?? 0);
    }
}
