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
    private readonly AggregateLanes _lanes = new();

    /// <summary>Two batches are about what is answered between one pause of a broker and the next.</summary>
    private readonly AnsweredDeliveries _answered = new(2 * options.BatchSize, time);

    /// <summary>What may be on its way to the broker. Who takes a message out completes it: so each is completed exactly once.</summary>
    private readonly HashSet<OutboxDelivery> _inFlight = [];

    private int _maxInFlight = options.MaxInFlight;
    private bool _isStopped;

    /// <summary>Sets the most messages that the broker may owe an answer for.</summary>
    public int MaxInFlight
    {
        set
        {
            lock (_gate)
            {
                _maxInFlight = value;
            }
        }
    }

    /// <summary>Whether the broker owes an answer and has given none for longer than <see cref="OutboxOptions.PublishTimeout"/>.</summary>
    public bool IsStalled => Locked(() => _inFlight.Count > 0 && _answered.Silence > options.PublishTimeout);

    /// <summary>Whether the broker says nothing at the moment.</summary>
    public bool IsSilent => Locked(() => _answered.Silence >= AnsweredDeliveries.Pause);

    /// <summary>How many answers wait to be taken.</summary>
    public int Answered => Locked(() => _answered.Count);

    /// <summary>Whether nothing is in flight.</summary>
    public bool IsIdle => Locked(() => _inFlight.Count == 0);

    /// <summary>What the client has thrown at a message; nothing was sent after it. Null as long as it has not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Has messages published, in this order as far as they are of one aggregate.</summary>
    public void Publish(IReadOnlyList<PendingMessage> messages, PublishedBatch batch)
    {
        lock (_gate)
        {
            foreach (var message in messages)
            {
                var delivery = new OutboxDelivery(message, this, batch);
                if (!_lanes.TryAdd(delivery))
                {
                    GiveUp(delivery);
                }
            }
        }

        SendReady();
    }

    /// <summary>What was answered or given up, if it is time to mark it.</summary>
    public IReadOnlyList<OutboxDelivery> TakeDue() => Locked(() => _answered.AreDue || IsDone ? _answered.TakeAll() : []);

    /// <summary>What was answered or given up since it was last taken, in the order of the answers.</summary>
    public IReadOnlyList<OutboxDelivery> TakeAnswered() => Locked(_answered.TakeAll);

    /// <summary>The refusal of this aggregate's message is marked.</summary>
    public void Reopen(Guid aggregateId)
    {
        lock (_gate)
        {
            _lanes.Reopen(aggregateId);
        }
    }

    /// <summary>Sends nothing more. What is in flight may still be answered.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
    }

    /// <summary>Sends nothing more and waits for nothing more: whatever the client says from now on is not heard.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (var delivery in _inFlight)
            {
                Complete(delivery, null);
            }

            _inFlight.Clear();
            foreach (var delivery in _lanes.TakeReady())
            {
                GiveUp(delivery);
            }
        }
    }

    /// <summary>Whether no answer will come until there is more to send.</summary>
    private bool IsDone => _inFlight.Count == 0 && (_isStopped || _lanes.AreEmpty);

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
            if (_isStopped || _inFlight.Count >= _maxInFlight || !_lanes.TryTake(out var delivery))
            {
                return null;
            }

            if (_inFlight.Count == 0)
            {
                _answered.Await();
            }

            // Before it can be answered or abandoned, which ends the span.
            delivery.Span = OutboxTelemetry.StartSend(delivery.Message, delivery.Batch.Span, options.Queue);
            _inFlight.Add(delivery);
            return delivery;
        }
    }

    private void Send(OutboxDelivery delivery)
    {
        try
        {
            // A crash after this line and before the row is marked means that the message is published again: consumers see its id twice.
            link.Send(EventEnvelope.ToAmqp(delivery.Message, delivery.Span), OnOutcome, delivery);
        }
        catch (Exception exception)
        {
            // The client throws whatever it meets, such as an ObjectDisposedException if the connection has just ended. It also writes what
            // other threads have left it, and throws here for those. So this message may be on its way and still be answered, and another
            // may never be answered, though sending it threw nothing. Both stay in flight, and the relay leaves the link.
            Failure = exception;
            Stop();
            signal.Wake();
        }
    }

    /// <summary>
    /// Called on the connection's reader. It must not block. It must not throw, as the client would not call back for the messages after it.
    /// </summary>
    private void Continue(OutboxDelivery delivery, Outcome? outcome)
    {
        bool isNews;
        lock (_gate)
        {
            if (!_inFlight.Remove(delivery))
            {
                // The client can call back twice: when the broker answers early, and when the link closes before the message is written.
                return;
            }

            Complete(delivery, outcome);

            // The relay has to know of the first, from which on it looks for a pause by itself.
            isNews = _answered.Count == 1 || _answered.AreEnough || IsDone;
        }

        SendReady();
        if (isNews)
        {
            signal.Wake();
        }
    }

    private void Complete(OutboxDelivery delivery, Outcome? outcome)
    {
        delivery.Complete(outcome);
        _answered.Add(delivery);
        foreach (var follower in _lanes.Answer(delivery))
        {
            GiveUp(follower);
        }
    }

    private void GiveUp(OutboxDelivery delivery)
    {
        delivery.GiveUp();
        _answered.AddUnsent(delivery);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
