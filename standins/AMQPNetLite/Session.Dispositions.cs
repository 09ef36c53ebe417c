using Amqp.Framing;

namespace Amqp;

/// <summary>The states of the deliveries of a session, both ways, until they are settled (2.6.12, 2.7.6).</summary>
public partial class Session
{
    internal void OnDisposition(in Disposition disposition, CallbackQueue callbacks)
    {
        if (_state != SessionState.Opened)
        {
            return;
        }

        if (disposition.Role && disposition.First == disposition.Last)
        {
            if (_outgoing.TryGetValue(disposition.First, out var delivery))
            {
                OnOutcome(delivery, disposition, callbacks);
            }
        }
        else if (disposition.Role)
        {
            foreach (var delivery in DeliveryRange.Of(disposition, _outgoing))
            {
                OnOutcome(delivery, disposition, callbacks);
            }
        }
        else if (disposition.Settled)
        {
            foreach (var message in DeliveryRange.Of(disposition, _incoming))
            {
                _incoming.Remove(message.DeliveryId);
                message.Receiver.OnSettled(message);
            }
        }
    }

    /// <summary>Tells the peer the outcome of a received message. Called under the gate.</summary>
    internal void Settle(Message message, DeliveryState state, bool settled)
    {
        var id = message.DeliveryId;
        var disposition = new Disposition { Role = true, First = id, Last = id, Settled = settled, State = state };
        disposition = _pendingDisposition.Extend(disposition, Connection.Writer);
        var start = Connection.Writer.Buffer.Length;
        WriteFrame(disposition);
        _pendingDisposition.Remember(disposition, start, Connection.Writer);
        _incoming.Remove(id);
    }

    internal void AddUnsettled(Message message)
    {
        if (!_incoming.TryAdd(message.DeliveryId, message))
        {
            throw new AmqpException(ErrorCode.InvalidField, $"The delivery id {message.DeliveryId} is in use.");
        }
    }

    internal void ForgetUnsettled(ReceiverLink link)
    {
        foreach (var message in _incoming.Values.Where(message => message.Receiver == link))
        {
            _incoming.Remove(message.DeliveryId);
        }
    }

    internal void CompleteUnsettled(SenderLink link, Outcome outcome, CallbackQueue callbacks)
    {
        var oldest = unchecked(_nextDeliveryId - int.MaxValue);
        var inOrder = _outgoing.Values.Where(delivery => delivery.Link == link).OrderBy(delivery => unchecked(delivery.Id - oldest));
        foreach (var delivery in inOrder.ToList())
        {
            _outgoing.Remove(delivery.Id);
            delivery.IsUnsettled = false;
            link.Finish(delivery, outcome, callbacks);
        }
    }

    private void OnOutcome(OutgoingDelivery delivery, in Disposition disposition, CallbackQueue callbacks)
    {
        var outcome = disposition.State as Outcome;
        if (outcome is null && !disposition.Settled)
        {
            return; // "received" and the like: not final
        }

        _outgoing.Remove(delivery.Id);
        delivery.IsUnsettled = false;
        if (!disposition.Settled)
        {
            WriteFrame(new Disposition { First = delivery.Id, Last = delivery.Id, Settled = true, State = outcome });
        }

        // Settled without an outcome says that the peer has forgotten the delivery, not that it has taken it.
        outcome ??= new Released();
        delivery.IsAborted = delivery.IsQueued && outcome is not Accepted;
        delivery.Link.Finish(delivery, outcome, callbacks);
    }
}
