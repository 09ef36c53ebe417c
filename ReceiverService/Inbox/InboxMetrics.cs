using System.Diagnostics.Metrics;

namespace ReceiverService.Inbox;

/// <summary>What operators watch: how much is processed, how much comes twice, what cannot be processed, how late it is.</summary>
internal sealed class InboxMetrics
{
    private readonly Counter<long> _processed;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLettered;
    private readonly Histogram<double> _lag;

    public InboxMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(InboxTelemetry.Name);
        _processed = meter.CreateCounter<long>("inbox.processed", "{message}", "Messages that were processed, each counted once.");
        _duplicates = meter.CreateCounter<long>("inbox.duplicates", "{message}", "Deliveries of messages that had been processed before.");
        _deadLettered = meter.CreateCounter<long>("inbox.dead_lettered", "{message}", "Messages that were put aside as dead letters.");
        _lag = meter.CreateHistogram<double>("inbox.lag", "s", "From the change at the sender to its effect here.");
    }

    public void RecordProcessed(TimeSpan? lag)
    {
        _processed.Add(1);
        if (lag is { } known)
        {
            _lag.Record(Math.Max(0, known.TotalSeconds));
        }
    }

    public void RecordDuplicate() => _duplicates.Add(1);

    public void RecordDeadLettered() => _deadLettered.Add(1);
}
