using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>What the peer does to a receiving link: deliveries (2.6.12), credit (2.6.7), the end (2.6.6).</summary>
public partial class ReceiverLink
{
    /// <summary>The peer settled a delivery by itself: there is nothing left to say about it.</summary>
    internal void OnSettled(Message message)
    {
        message.IsSettled = true;
        RestoreCredit();
    }

    private void RestoreCredit()
    {
        if (_credit.Restore())
        {
            SendCredit();
        }
    }

    /// <summary>Takes a transfer (2.6.12), the whole of a message or, with <c>more</c>, a part (2.6.14).</summary>
    internal void OnTransfer(in Transfer transfer, ReadOnlySpan<byte> payload, CallbackQueue callbacks)
    {
        if (IsOver)
        {
            return;
        }

        var delivery = _arriving;
        if (!delivery.IsUnderWay && !TryStart(transfer, callbacks))
        {
            return;
        }

        if (transfer.DeliveryId is { } id && id != delivery.Id)
        {
            // A delivery must end before the next one of its link begins (2.6.14), and its id stays the same (2.7.5).
            Fail(new Error(ErrorCode.InvalidField, $"The delivery {id} came in the middle of {delivery.Id}."), callbacks);
            return;
        }

        delivery.IsSettled |= transfer.Settled ?? false;
        if (transfer.Aborted)
        {
            delivery.Drop();
            RestoreCredit();
        }
        else if (!delivery.Fits(payload, OwnAttach.MaxMessageSize))
        {
            Fail(new Error(ErrorCode.MessageSizeExceeded, $"A message has more than {OwnAttach.MaxMessageSize} bytes."), callbacks);
        }
        else if (transfer.More)
        {
            delivery.Append(payload);
        }
        else
        {
            OnMessage(delivery.Complete(this, payload), callbacks);
        }
    }

    internal void Dispatch(Message message) => _onMessage(this, message);

    internal override void OnAttached(Attach attach, CallbackQueue callbacks)
    {
        _credit.Start(attach.InitialDeliveryCount);
        if (_credit.IsSet)
        {
            SendCredit();
        }
    }

    internal override void OnFlow(in Flow flow, CallbackQueue callbacks)
    {
        if (flow.DeliveryCount is { } count)
        {
            _credit.OnSenderFlow(count);
        }

        if (flow.Echo)
        {
            SendCredit();
        }
    }

    internal override void OnEnded(Error error, CallbackQueue callbacks)
    {
        _arriving.Drop();
        Session.ForgetUnsettled(this);
        foreach (var waiter in _waiting)
        {
            _ = error is null ? waiter.TrySetResult(null) : waiter.TrySetException(new AmqpException(error));
        }

        _waiting.Clear();
    }

    private bool TryStart(in Transfer transfer, CallbackQueue callbacks)
    {
        if (!_credit.TryUse(Session.Window))
        {
            Fail(new Error(ErrorCode.TransferLimitExceeded, "A message came for which there was no credit."), callbacks);
            return false;
        }

        var id = transfer.DeliveryId ?? throw AmqpReader.Malformed("The first transfer of a delivery has no delivery id.");
        _arriving.Begin(id, transfer);
        return true;
    }

    private void OnMessage(Message message, CallbackQueue callbacks)
    {
        if (message.IsSettled)
        {
            message.IsPresettled = true;
        }
        else
        {
            Session.AddUnsettled(message);
        }

        if (_onMessage is not null)
        {
            OnTaken(message);
            callbacks.Add(message);
        }
        else if (_waiting.First is { } waiter)
        {
            _waiting.RemoveFirst();
            OnTaken(message);
            waiter.Value.TrySetResult(message);
        }
        else
        {
            _arrived.Enqueue(message);
        }
    }

    /// <summary>The application has a message; if nobody is going to settle it, its credit comes back now.</summary>
    private void OnTaken(Message message)
    {
        if (message.IsPresettled)
        {
            OnSettled(message);
        }
    }
}
