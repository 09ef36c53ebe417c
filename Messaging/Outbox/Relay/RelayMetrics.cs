using System.Diagnostics.Metrics;

namespace Messaging.Outbox.Relay;

/// <summary>Metrics of the relay: how fast it publishes, how late, and what the broker refuses.</summary>
internal sealed class RelayMetrics
{
    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _deliveryLag;

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(OutboxExtensions.TelemetryName);
        _published = meter.CreateCounter<long>("outbox.published", "{message}", "Messages that the broker has accepted.");
        _refused = meter.CreateCounter<long>("outbox.refused", "{message}", "Attempts that the broker has refused.");
        _deliveryLag = meter.CreateHistogram<double>("outbox.delivery.lag", "s", "From the change to the mark of its message.");
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
}
