using Amqp.Framing;

namespace Amqp;

/// <summary>What becomes of the sends of a link: credit (2.6.7), transfers (2.6.12), outcomes, the end.</summary>
public partial class SenderLink
{
    private readonly OutgoingQueue _queue = new();
    private readonly OutgoingPool _pool = new();
    private uint _deliveryCount;
    private uint _credit;
    private ulong _nextTag;
    private ulong _maxMessageSize;
    private bool _allSettled;

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
            _pool.Return(delivery);
        }
    }

    /// <summary>Gives a send its outcome; the delivery is used again unless a part of it still has to be written or answered.</summary>
    internal void Finish(OutgoingDelivery delivery, Outcome outcome, CallbackQueue callbacks)
    {
        delivery.Complete(outcome, callbacks);
        _pool.Return(delivery);
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

    private static Outcome Closing(Error error) => error is null ? new Released() : new Rejected { Error = error };

    private void SendOrQueue(OutgoingDelivery delivery, ReadOnlySpan<byte> payload, CallbackQueue callbacks)
    {
        if (_queue.First is null && TrySend(delivery, payload, callbacks))
        {
            _pool.Return(delivery);
        }
        else
        {
            delivery.Keep(payload);
            _queue.Add(delivery);
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
            delivery.Complete(Message.AcceptedState, callbacks);
        }

        return true;
    }

    private void CompleteQueued(Outcome outcome, CallbackQueue callbacks)
    {
        while (_queue.First is { } delivery)
        {
            _queue.Remove(delivery);
            Finish(delivery, outcome, callbacks);
        }
    }
}
