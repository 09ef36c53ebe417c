using System.Diagnostics.Metrics;

namespace Messaging.Inbox.Consuming;

/// <summary>
/// Metrics of the inbox: how much is processed, how much is delivered twice, what becomes a dead letter, and how late it is.
/// </summary>
internal sealed partial class InboxMetrics
{
    private readonly Counter<long> _processed;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLettered;
    private readonly Histogram<double> _lag;

    private readonly TimeProvider _time;
    private readonly ILogger<InboxMetrics> _logger;

    public InboxMetrics(IMeterFactory meters, TimeProvider time, ILogger<InboxMetrics> logger)
    {
        (_time, _logger) = (time, logger);
        var meter = meters.Create(InboxExtensions.TelemetryName);
        _processed = meter.CreateCounter<long>("inbox.processed", "{message}", "Processed messages, each counted once.");
        _duplicates = meter.CreateCounter<long>("inbox.duplicates", "{message}", "Deliveries of messages that were processed before.");
        _deadLettered = meter.CreateCounter<long>("inbox.dead_lettered", "{message}", "Messages that became dead letters.");
        _lag = meter.CreateHistogram<double>("inbox.lag", "s", "From the change at the sender to its effect here.");
    }

    /// <summary>Counts the messages of a transaction.</summary>
    /// <param name="delivered">Number of messages.</param>
    /// <param name="fresh">The new ones. The others are duplicates.</param>
    public void Record(int delivered, IReadOnlyList<IncomingMessage> fresh)
    {
        var dead = 0;
        var now = _time.GetUtcNow();
        foreach (var message in fresh)
        {
            if (message.Failure is { } reason)
            {
                dead++;
                LogDeadLettered(message.MessageId, reason);
            }
            else if (message.OccurredAt is { } occurredAt)
            {
                // Another machine's clock may be ahead.
                _lag.Record(Math.Max(0, (now - occurredAt).TotalSeconds));
            }
        }

        Add(_processed, fresh.Count - dead);
        Add(_duplicates, delivered - fresh.Count);
        Add(_deadLettered, dead);
    }

    private static void Add(Counter<long> counter, int count)
    {
        if (count > 0)
        {
            counter.Add(count);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} cannot be processed and becomes a dead letter: {Reason}")]
    private partial void LogDeadLettered(Guid? messageId, string reason);
}
