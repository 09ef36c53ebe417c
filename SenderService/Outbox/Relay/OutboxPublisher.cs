using Amqp;
using Amqp.Framing;
using SenderService.Outbox.Operations;
using SenderService.Outbox.WakeUp;

namespace SenderService.Outbox.Relay;

/// <summary>
/// Publishes on one link with many aggregates in flight and one message in flight per aggregate: the next is sent when the one before it was
/// accepted, so that no message can overtake an earlier one that the broker refused. The relay's loop gives and takes, the connection's
/// reader answers; they meet under one lock, and nothing is sent under it.
/// </summary>
internal sealed class OutboxPublisher(SenderLink link, OutboxOptions options, OutboxSignal signal, TimeProvider time)
{
    private static readonly OutcomeCallback OnOutcome = static (_, _, outcome, state) =>
    {
        var delivery = (OutboxDelivery)state;
        delivery.Publisher.Continue(delivery, outcome);
    };

    private readonly Lock _gate = new();

    /// <summary>The last message here of each aggregate that has one.</summary>
    private readonly Dictionary<Guid, OutboxDelivery> _last = [];

    /// <summary>What may be sent as soon as fewer are in flight.</summary>
    private readonly Queue<OutboxDelivery> _ready = [];

    /// <summary>Aggregates of which a message was not accepted: nothing of them is sent before that is marked.</summary>
    private readonly HashSet<Guid> _blocked = [];

    private List<OutboxDelivery> _answered = [];
    private long _lastAnswer = time.GetTimestamp();
    private int _inFlight;
    private bool _isStopped;

    /// <summary>Whether the broker owes an answer and has given none for longer than <see cref="OutboxOptions.PublishTimeout"/>.</summary>
    public bool IsStalled
    {
        get
        {
            lock (_gate)
            {
                return _inFlight > 0 && time.GetElapsedTime(_lastAnswer) > options.PublishTimeout;
            }
        }
    }

    /// <summary>Whether answers wait to be taken.</summary>
    public bool HasAnswers
    {
        get
        {
            lock (_gate)
            {
                return _answered.Count > 0;
            }
        }
    }

    /// <summary>Whether nothing is in flight.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _inFlight == 0;
            }
        }
    }

    /// <summary>Has messages published, in this order as far as they are of one aggregate.</summary>
    public void Publish(IReadOnlyList<PendingMessage> messages, PublishedBatch batch)
    {
        lock (_gate)
        {
            foreach (var message in messages)
            {
                Enqueue(new OutboxDelivery(message, this, batch));
            }
        }

        SendReady();
    }

    /// <summary>What was answered or given up since the last call, in the order of the answers.</summary>
    public IReadOnlyList<OutboxDelivery> TakeAnswered()
    {
        lock (_gate)
        {
            var answered = _answered;
            _answered = new(options.BatchSize);
            return answered;
        }
    }

    /// <summary>The refusal of this aggregate's message is marked: the database knows that the later ones have to wait.</summary>
    public void Unblock(Guid aggregateId)
    {
        lock (_gate)
        {
            _blocked.Remove(aggregateId);
        }
    }

    /// <summary>Sends nothing more. What is in flight will still be answered.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    private void Enqueue(OutboxDelivery delivery)
    {
        var aggregate = delivery.Message.AggregateId;
        if (_blocked.Contains(aggregate))
        {
            GiveUp(delivery);
            return;
        }

        if (_last.TryGetValue(aggregate, out var previous))
        {
            previous.Next = delivery;
        }
        else
        {
            _ready.Enqueue(delivery);
        }

        _last[aggregate] = delivery;
    }

    private void SendReady()
    {
        while (TryTakeReady() is { } delivery)
        {
            Send(delivery);
        }
    }

    private OutboxDelivery? TryTakeReady()
    {
        lock (_gate)
        {
            if (_isStopped || _inFlight >= options.MaxInFlight || !_ready.TryDequeue(out var delivery))
            {
                return null;
            }

            if (_inFlight++ == 0)
            {
                _lastAnswer = time.GetTimestamp();
            }

            return delivery;
        }
    }

    private void Send(OutboxDelivery delivery)
    {
        delivery.Span = OutboxTelemetry.StartSend(delivery.Message, delivery.Batch.Span, options.Queue);
        try
        {
            // A crash after this line and before the row is marked means that the message is published again: consumers see its id twice.
            link.Send(EventEnvelope.ToAmqp(delivery.Message, delivery.Span), OnOutcome, delivery);
        }
        catch (AmqpException)
        {
            // The link is closed. The message stays pending.
            Stop();
            Continue(delivery, null);
        }
    }

    /// <summary>Called on the connection's reader: it must not block.</summary>
    private void Continue(OutboxDelivery delivery, Outcome? outcome)
    {
        delivery.Complete(outcome);
        bool isTimeToMark;
        lock (_gate)
        {
            _inFlight--;
            _lastAnswer = time.GetTimestamp();
            Settle(delivery);
            isTimeToMark = _answered.Count >= options.BatchSize / 2 || (_inFlight == 0 && (_ready.Count == 0 || _isStopped));
        }

        SendReady();
        if (isTimeToMark)
        {
            signal.Wake();
        }
    }

    private void Settle(OutboxDelivery delivery)
    {
        var aggregate = delivery.Message.AggregateId;
        _answered.Add(delivery);
        if (!delivery.IsAccepted)
        {
            _blocked.Add(aggregate);
            _last.Remove(aggregate);
            for (var later = delivery.Next; later is not null; later = later.Next)
            {
                GiveUp(later);
            }
        }
        else if (delivery.Next is { } next)
        {
            _ready.Enqueue(next);
        }
        else
        {
            _last.Remove(aggregate);
        }
    }

    private void GiveUp(OutboxDelivery delivery)
    {
        delivery.GiveUp();
        _answered.Add(delivery);
    }
}
