using System.Diagnostics;
using Amqp;
using Amqp.Framing;
using ServiceDefaults.Amqp;

namespace SenderService.Outbox;

/// <summary>
/// Publishes one batch with many aggregates in flight and one message in flight per aggregate: the next is sent when the one before it was
/// accepted, so that no message can overtake an earlier one that the broker refused.
/// </summary>
internal sealed class OutboxPublisher
{
    private static readonly OutcomeCallback OnOutcome = static (_, _, outcome, state) =>
    {
        var (publisher, delivery) = ((OutboxPublisher, OutboxDelivery))state;
        publisher.Continue(delivery, outcome);
    };

    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SenderLink _link;
    private readonly string _queue;
    private readonly Activity? _batchSpan;
    private int _openChains;

    private OutboxPublisher(SenderLink link, string queue, Activity? batchSpan)
    {
        _link = link;
        _queue = queue;
        _batchSpan = batchSpan;
    }

    /// <summary>Publishes the messages and waits for the broker's answers.</summary>
    /// <param name="link">Closed when not all answers came in time; then what is unanswered counts as not published.</param>
    /// <param name="queue">The name of the queue, for the spans.</param>
    /// <param name="messages">In the order of publishing.</param>
    /// <param name="batchSpan">The span of the batch, which each sending is linked to.</param>
    /// <param name="timeout">How long to wait for the last answer.</param>
    /// <param name="cancellationToken">Has the effect of the timeout.</param>
    /// <returns>The deliveries in the order of the messages.</returns>
    public static async Task<IReadOnlyList<OutboxDelivery>> PublishAsync(
        AmqpLink<SenderLink> link,
        string queue,
        IReadOnlyList<PendingMessage> messages,
        Activity? batchSpan,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var publisher = new OutboxPublisher(link.Link, queue, batchSpan);
        var deliveries = messages.Select(message => new OutboxDelivery(message)).ToArray();
        try
        {
            publisher.Start(deliveries);
            await publisher._completed.Task.WaitAsync(timeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Closing gives every send in flight its callback. What was accepted until then counts; the rest will be published again.
            await link.DisposeAsync();
        }

        return deliveries;
    }

    private void Start(OutboxDelivery[] deliveries)
    {
        var lastOfAggregate = new Dictionary<Guid, OutboxDelivery>();
        var heads = new List<OutboxDelivery>();
        foreach (var delivery in deliveries)
        {
            if (lastOfAggregate.TryGetValue(delivery.Message.AggregateId, out var previous))
            {
                previous.Next = delivery;
            }
            else
            {
                heads.Add(delivery);
            }

            lastOfAggregate[delivery.Message.AggregateId] = delivery;
        }

        _openChains = heads.Count;
        foreach (var head in heads)
        {
            Send(head);
        }
    }

    private void Send(OutboxDelivery delivery)
    {
        delivery.Span = OutboxTelemetry.StartSend(delivery.Message, _batchSpan, _queue);
        try
        {
            // A crash after this line and before the row is marked means that the message is published again: consumers see its id twice.
            _link.Send(EventEnvelope.ToAmqp(delivery.Message, delivery.Span), OnOutcome, (this, delivery));
        }
        catch (AmqpException)
        {
            // The link is closed. The message stays pending.
            Continue(delivery, new Released());
        }
    }

    /// <summary>Called on the connection's reader: it must not block.</summary>
    private void Continue(OutboxDelivery delivery, Outcome outcome)
    {
        delivery.Complete(outcome);
        if (delivery is { IsAccepted: true, Next: { } next })
        {
            Send(next);
        }
        else if (Interlocked.Decrement(ref _openChains) == 0)
        {
            _completed.SetResult();
        }
    }
}
