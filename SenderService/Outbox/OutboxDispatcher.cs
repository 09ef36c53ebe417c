using Amqp;
using Microsoft.Extensions.Options;
using ServiceDefaults.Amqp;

namespace SenderService.Outbox;

/// <summary>Handles one batch: read, publish, mark. Never the other way round.</summary>
internal sealed partial class OutboxDispatcher(
    IOptions<OutboxOptions> options, OutboxMetrics metrics, TimeProvider time, ILogger<OutboxDispatcher> logger)
{
    private readonly OutboxOptions _options = options.Value;

    /// <exception cref="Npgsql.NpgsqlException">The session was lost, and with it the right to mark.</exception>
    public async Task<DispatchResult> DispatchAsync(OutboxSession session, AmqpLink<SenderLink> link, CancellationToken cancellationToken)
    {
        var messages = await session.ReadPendingAsync(_options.BatchSize, cancellationToken);
        if (messages.Count == 0)
        {
            return DispatchResult.Idle;
        }

        using var batchSpan = OutboxTelemetry.StartBatch(messages.Count, _options.Queue);

        // A crash here means: nothing was published, nothing was marked; the same messages are read again.
        var started = time.GetTimestamp();
        var deliveries = await OutboxPublisher.PublishAsync(
            link, _options.Queue, messages, batchSpan, _options.PublishTimeout, cancellationToken);
        metrics.RecordBatch(time.GetElapsedTime(started));

        // A crash here means: published and not marked. The messages are published again with the same ids, and the inbox drops them.
        await MarkSentAsync(session, deliveries, CancellationToken.None);

        // When a link closes, what was in flight is reported as rejected too. Only an open link speaks of the message itself.
        if (link.IsClosed)
        {
            return DispatchResult.LinkLost;
        }

        await MarkRefusedAsync(session, deliveries, CancellationToken.None);
        return deliveries.Any(delivery => delivery.Outcome is not null && !delivery.IsAccepted && delivery.Refusal is null)
            ? DispatchResult.LinkLost
            : DispatchResult.Published;
    }

    private async Task MarkSentAsync(OutboxSession session, IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken)
    {
        var accepted = deliveries.Where(delivery => delivery.IsAccepted).Select(delivery => delivery.Message).ToArray();
        if (accepted.Length == 0)
        {
            return;
        }

        await session.MarkSentAsync(Array.ConvertAll(accepted, message => message.Id), cancellationToken);
        var now = time.GetUtcNow();
        foreach (var message in accepted)
        {
            metrics.RecordPublished(now - message.OccurredAt);
        }
    }

    private async Task MarkRefusedAsync(OutboxSession session, IReadOnlyList<OutboxDelivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries)
        {
            if (delivery.Refusal is { } reason)
            {
                await session.MarkRefusedAsync(delivery.Message.Id, reason, _options.FirstRetryDelay, _options.MaxRetryDelay, cancellationToken);
                metrics.RecordRefused();
                LogRefused(delivery.Message.MessageId, delivery.Message.AggregateId, reason);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The broker refused message {MessageId}; aggregate {AggregateId} waits for its next attempt: {Reason}")]
    private partial void LogRefused(Guid messageId, Guid aggregateId, string reason);
}
