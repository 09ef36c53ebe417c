namespace Messaging.Outbox.Relay;

/// <summary>
/// Publishes on one link, with many aggregates in flight and one message in flight per aggregate. The next message of an aggregate is sent
/// after the one before it was accepted, so it cannot overtake one that the broker refuses. The relay's loop and the connection's reader
/// meet under one lock. Nothing is sent under that lock.
/// </summary>
internal sealed class OutboxPublisher(AmqpLink<SenderLink> link, OutboxOptions options, OutboxSignal signal, TimeProvider time)
{
    /// <summary>How long an answer may wait to be marked together with others. A crash in that time sends them twice.</summary>
    public static readonly TimeSpan MarkDelay = TimeSpan.FromMilliseconds(20);

    private static readonly OutcomeCallback OnOutcome = static (_, _, outcome, state) =>
    {
        var delivery = (OutboxDelivery)state;
        delivery.Publisher.Continue(delivery, outcome);
    };

    private readonly Lock _gate = new();
    private readonly AggregateLanes _lanes = new();

    /// <summary>Messages in flight. Whoever removes one completes it, so each is completed exactly once.</summary>
    private readonly HashSet<OutboxDelivery> _inFlight = [];

    private List<OutboxDelivery> _answered = [];
    private long _firstAnswer;
    private long _lastProgress = time.GetTimestamp();
    private int _maxInFlight = options.MaxInFlight;
    private bool _isStopped;

    /// <summary>Sets the most messages in flight.</summary>
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

    /// <summary>True if the broker has answered nothing for longer than <see cref="OutboxOptions.PublishTimeout"/>.</summary>
    public bool IsStalled => Locked(() => _inFlight.Count > 0 && time.GetElapsedTime(_lastProgress) > options.PublishTimeout);

    /// <summary>Number of answers to mark.</summary>
    public int Answered => Locked(() => _answered.Count);

    /// <summary>What the client has thrown while sending. Nothing was sent after it. Null if it has thrown nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Publishes messages, those of one aggregate in this order.</summary>
    public void Publish(IEnumerable<PendingMessage> messages)
    {
        lock (_gate)
        {
            foreach (var message in messages)
            {
                var delivery = new OutboxDelivery(message, this);
                if (!_lanes.TryAdd(delivery))
                {
                    Skip(delivery);
                }
            }
        }

        SendReady();
    }

    /// <summary>
    /// Takes the answers if it is time to mark them: there are enough, the first one is old enough, or no more will come.
    /// </summary>
    public IReadOnlyList<OutboxDelivery> TakeDue() =>
        Locked(() => HasEnough || IsDone || time.GetElapsedTime(_firstAnswer) >= MarkDelay ? TakeAll() : []);

    /// <summary>Takes the answers, in their order.</summary>
    public IReadOnlyList<OutboxDelivery> TakeAnswered() => Locked(TakeAll);

    /// <summary>Accepts messages of this aggregate again, as the refusal of the one before is marked.</summary>
    public void Reopen(Guid aggregateId)
    {
        lock (_gate)
        {
            _lanes.Reopen(aggregateId);
        }
    }

    /// <summary>
    /// Sends no more, and waits for the answers to what is in flight, but not for ever. The client does not call back for a message over
    /// which it has thrown, nor for any message once it has reported that the link is closed.
    /// </summary>
    public async Task StopAsync()
    {
        Stop();
        using var grace = new CancellationTokenSource(options.ShutdownGrace, time);
        while (!Locked(() => _inFlight.Count == 0) && !link.Closed.IsCancellationRequested && !grace.IsCancellationRequested)
        {
            await signal.WaitAsync(MarkDelay, CancellationToken.None);
        }
    }

    /// <summary>Sends no more and waits for nothing more. Later answers are ignored.</summary>
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
            foreach (var delivery in _lanes.Clear())
            {
                Skip(delivery);
            }
        }
    }

    private bool HasEnough => _answered.Count >= options.BatchSize;

    /// <summary>True if no answer will come before something else is published.</summary>
    private bool IsDone => _inFlight.Count == 0 && (_isStopped || _lanes.AreEmpty);

    private void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
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
            if (_isStopped || _inFlight.Count >= _maxInFlight || !_lanes.TryTake(out var delivery))
            {
                return null;
            }

            if (_inFlight.Count == 0)
            {
                _lastProgress = time.GetTimestamp();
            }

            // Before it can be answered or abandoned, which ends the span.
            delivery.Span = RelayTelemetry.StartSend(delivery.Message, options.Queue!);
            _inFlight.Add(delivery);
            return delivery;
        }
    }

    private void Send(OutboxDelivery delivery)
    {
        if (link.Refuses(delivery.Message.Payload.Length) is { } error)
        {
            // To send it would end the link, or the connection, with everything that is in flight.
            Answer(delivery, new Rejected { Error = error });
            return;
        }

        try
        {
            // A crash after this line and before the mark means: the message is published again, and consumers see its id twice.
            link.Link.Send(EventEnvelope.ToAmqp(delivery.Message, options.Source!, delivery.Span), OnOutcome, delivery);
        }
        catch (Exception exception)
        {
            // The client throws whatever happens to it, for example an ObjectDisposedException when the connection has just ended. It also
            // sends messages that other threads have queued, and throws here for those. So this message may be in flight and be answered
            // later, while another one is never answered. Both stay in flight, and the relay leaves the link.
            Failure = exception;
            Stop();
            signal.Wake();
        }
    }

    /// <summary>
    /// Runs on the connection's reader. It must not block. It must not throw: the client would drop the callbacks after it.
    /// </summary>
    public void Continue(OutboxDelivery delivery, Outcome? outcome)
    {
        Answer(delivery, outcome);
        SendReady();
    }

    private void Answer(OutboxDelivery delivery, Outcome? outcome)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(delivery))
            {
                // The client may call twice: when the broker answers early, and again when the link closes before the message was written.
                return;
            }

            var isFirst = _answered.Count == 0;
            Complete(delivery, outcome);
            if (!isFirst && !HasEnough && !IsDone)
            {
                // The relay knows of the first one, and comes when it is due.
                return;
            }
        }

        signal.Wake();
    }

    private void Complete(OutboxDelivery delivery, Outcome? outcome)
    {
        delivery.Complete(outcome);
        _lastProgress = time.GetTimestamp();
        Add(delivery);
        foreach (var later in _lanes.Complete(delivery))
        {
            Skip(later);
        }
    }

    private void Skip(OutboxDelivery delivery)
    {
        delivery.Skip();
        Add(delivery);
    }

    private void Add(OutboxDelivery delivery)
    {
        if (_answered.Count == 0)
        {
            _firstAnswer = time.GetTimestamp();
        }

        _answered.Add(delivery);
    }

    private List<OutboxDelivery> TakeAll()
    {
        var answered = _answered;
        _answered = new(answered.Count);
        return answered;
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
