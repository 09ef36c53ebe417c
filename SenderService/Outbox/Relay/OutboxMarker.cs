using SenderService.Outbox.Operations;

namespace SenderService.Outbox.Relay;

/// <summary>Records the broker's answers in the outbox. A crash before that means that what was accepted is published again with the same ids; the
/// inbox drops it.</summary>
internal sealed partial class OutboxMarker(
    OutboxSession session, Suspicion suspicion, OutboxOptions options, OutboxMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>Marks what was accepted.</summary>
    /// <returns>Those messages.</returns>
    public async Task<IReadOnlyList<PendingMessage>> MarkAcceptedAsync(IReadOnlyList<OutboxDelivery> answered)
    {
        var accepted = answered.Where(delivery => delivery.IsAccepted).Select(delivery => delivery.Message).ToArray();
        if (accepted.Length > 0)
        {
            var ids = Array.ConvertAll(accepted, message => message.Id);
            await session.MarkSentAsync(ids, CancellationToken.None);
            suspicion.Acquit(ids);
            metrics.RecordPublished(accepted, time.GetUtcNow());
        }

        return accepted;
    }

    /// <summary>Marks a message that the broker does not want: it is tried again later, or failed.</summary>
    public async Task MarkRefusedAsync(PendingMessage message, string reason)
    {
        var isFailed = await session.MarkRefusedAsync(message.Id, reason, options, CancellationToken.None);
        suspicion.Acquit(message.Id);
        metrics.RecordRefused();
        if (isFailed)
        {
            LogFailed(logger, message.MessageId, message.AggregateId, options.MaxAttempts, reason);
        }
        else
        {
            LogRefused(logger, message.MessageId, message.AggregateId, reason);
        }
    }

    /// <summary>The link has ended: marks the message that it ended over, if that is proven.</summary>
    public async Task MarkCulpritAsync(IReadOnlyList<OutboxDelivery> answered)
    {
        var inFlight = answered.Where(delivery => delivery.Refusal is not null).ToArray();
        if (inFlight.Length > 0 && suspicion.Accuse(Array.ConvertAll(inFlight, delivery => delivery.Message)))
        {
            await MarkRefusedAsync(inFlight[0].Message, $"The broker ended the link over this message twice: {inFlight[0].Refusal}");
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "The broker refused message {MessageId}; aggregate {AggregateId} waits for its next attempt: {Reason}")]
    private static partial void LogRefused(ILogger logger, Guid messageId, Guid aggregateId, string reason);

    [LoggerMessage(3, LogLevel.Error, "Message {MessageId} is failed, refused {Attempts} times; aggregate {AggregateId} waits until it is requeued or discarded: {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid messageId, Guid aggregateId, int attempts, string reason);
}
