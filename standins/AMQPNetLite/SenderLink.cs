using Amqp.Framing;

namespace Amqp;

/// <summary>
/// The sending end of a link. Its methods can be called by many threads at once; what one thread sends arrives in its order.
/// Without credit a send waits in the link, however many there are: bound what is in flight.
/// </summary>
public class SenderLink : Link, ISenderLink
{
    private readonly OutgoingQueue _queue = new();
    private uint _deliveryCount;
    private uint _credit;
    private ulong _nextTag;
    private ulong _maxMessageSize;
    private bool _allSettled;

    /// <summary>Attaches to <paramref name="address"/>; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, string address)
        : this(session, name, new Target { Address = address }, null)
    {
    }

    /// <summary>Attaches to <paramref name="target"/>; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, Target target, OnAttached onAttached)
        : this(session, name, new Attach { Target = target, Source = new Source() }, onAttached)
    {
    }

    /// <summary>Attaches as <paramref name="attach"/> says; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, Attach attach, OnAttached onAttached)
        : base(session, name, Prepare(attach, name), onAttached)
    {
    }

    /// <summary>Sends a message and waits up to 60 s for it to be accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public void Send(Message message) => Send(message, DefaultTimeout);

    /// <summary>Sends a message and waits for it to be accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public void Send(Message message, TimeSpan timeout) => SendAsync(message, timeout).GetAwaiter().GetResult();

    /// <summary>Sends a message; done when it is accepted, within 60 s.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public Task SendAsync(Message message) => SendAsync(message, DefaultTimeout);

    /// <summary>Sends a message; done when it is accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public async Task SendAsync(Message message, TimeSpan timeout)
    {
        var result = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(message, static (_, _, outcome, state) => ((TaskCompletionSource<Outcome>)state).SetResult(outcome), result);
        try
        {
            await result.Task.WaitAsync(timeout);
        }
        catch (TimeoutException) when (!result.Task.IsCompleted)
        {
            Cancel(message);
            throw new TimeoutException($"A message had no outcome within {timeout}.");
        }
        catch (TimeoutException)
        {
            // The outcome came at the last moment: it counts.
        }

        ThrowIfNotAccepted(await result.Task);
    }

    /// <summary>
    /// Sends a message and returns at once. <paramref name="callback"/> is called exactly once, unless this throws: with the peer's
    /// outcome; when the link is closed before that, with <see cref="Rejected"/> and the closing error, or with <see cref="Released"/> if
    /// there is none.
    /// Without a callback the message is sent settled: nobody is told whether it has arrived.
    /// </summary>
    /// <exception cref="AmqpException">The link is closed. The callback is not called.</exception>
    public void Send(Message message, OutcomeCallback callback, object state)
    {
        ArgumentNullException.ThrowIfNull(message);
        var delivery = new OutgoingDelivery(this, message, callback, state);
        var callbacks = CallbackQueue.Take();
        var encoded = message.EncodeForSending();
        lock (Owner.Gate)
        {
            ThrowIfClosed();
            message.Outgoing = delivery;
            if (_queue.First is not null || !TrySend(delivery, encoded.WrittenSpan, callbacks))
            {
                delivery.Payload = encoded.WrittenSpan.ToArray();
                _queue.Add(delivery);
            }

            Owner.Writer.Wake();
        }

        callbacks.Run(Owner);
    }

    /// <summary>
    /// Takes a message back that still waits for credit; its callback gets <see cref="Released"/>. One that is on its way gets its
    /// outcome.
    /// </summary>
    public void Cancel(Message message)
    {
        var callbacks = CallbackQueue.Take();
        lock (Owner.Gate)
        {
            if (message.Outgoing is { IsQueued: true, IsStarted: false } delivery && delivery.Link == this)
            {
                _queue.Remove(delivery);
                delivery.Complete(new Released(), callbacks);
            }
        }

        callbacks.Run(Owner);
    }

    /// <summary>Starts a delivery if there is credit for one (2.6.7).</summary>
    internal bool TryStart(OutgoingDelivery delivery, uint id)
    {
        if (!IsAttached || _credit == 0)
        {
            return false;
        }

        _credit--;
        _deliveryCount++;
        delivery.Start(id, _nextTag++, _allSettled);
        return true;
    }

    /// <summary>Sends what waits, as far as credit, window and buffer allow.</summary>
    internal void SendQueued(CallbackQueue callbacks)
    {
        while (_queue.First is { } delivery && TrySend(delivery, delivery.Payload, callbacks))
        {
            _queue.Remove(delivery);
            delivery.Payload = null;
        }
    }

    internal override void OnAttached(Attach attach, CallbackQueue callbacks)
    {
        _maxMessageSize = attach.MaxMessageSize;
        _allSettled = OwnAttach.SndSettleMode == SenderSettleMode.Settled || attach.SndSettleMode == SenderSettleMode.Settled;
    }

    internal override void OnFlow(in Flow flow, CallbackQueue callbacks)
    {
        if (!IsAttached)
        {
            return;
        }

        // A receiver that has not seen our attach yet counts from our first delivery, which is number 0.
        var credit = unchecked((flow.DeliveryCount ?? 0) + (flow.LinkCredit ?? 0) - _deliveryCount);
        _credit = credit > int.MaxValue && flow.LinkCredit <= int.MaxValue ? 0 : credit;
        SendQueued(callbacks);
        if (flow.Drain && _credit > 0 && _queue.First is null)
        {
            // Drained: the credit is used up without messages, and the receiver is told so.
            unchecked
            {
                _deliveryCount += _credit;
            }

            _credit = 0;
            Session.WriteFlow(this, _deliveryCount, _credit, drain: true);
        }
        else if (flow.Echo)
        {
            Session.WriteFlow(this, _deliveryCount, _credit, flow.Drain);
        }
    }

    internal override void SendClose(Error error, CallbackQueue callbacks)
    {
        base.SendClose(error, callbacks);
        CompleteQueued(Closing(error), callbacks);
    }

    internal override void OnEnded(Error error, CallbackQueue callbacks)
    {
        var outcome = Closing(error);
        Session.CompleteUnsettled(this, outcome, callbacks);
        CompleteQueued(outcome, callbacks);
    }

    private static Attach Prepare(Attach attach, string name)
    {
        attach.LinkName = name;
        attach.Role = false;
        attach.InitialDeliveryCount = 0;
        return attach;
    }

    private static Outcome Closing(Error error) => error is null ? new Released() : new Rejected { Error = error };

    private static void ThrowIfNotAccepted(Outcome outcome)
    {
        if (outcome is not Accepted)
        {
            throw new AmqpException((outcome as Rejected)?.Error
                ?? new Error(ErrorCode.MessageReleased, $"The message was not accepted: {outcome.GetType().Name}."));
        }
    }

    private bool TrySend(OutgoingDelivery delivery, ReadOnlySpan<byte> payload, CallbackQueue callbacks)
    {
        if (_maxMessageSize != 0 && (ulong)payload.Length > _maxMessageSize)
        {
            var description = $"The message has {payload.Length} bytes, the link takes {_maxMessageSize}.";
            delivery.Complete(new Rejected { Error = new Error(ErrorCode.MessageSizeExceeded, description) }, callbacks);
            return true;
        }

        if (!Session.TryTransfer(delivery, payload))
        {
            return false;
        }

        if (delivery.IsSettled)
        {
            delivery.Complete(new Accepted(), callbacks);
        }

        return true;
    }

    private void CompleteQueued(Outcome outcome, CallbackQueue callbacks)
    {
        while (_queue.First is { } delivery)
        {
            _queue.Remove(delivery);
            delivery.Payload = null;
            delivery.Complete(outcome, callbacks);
        }
    }
}
