using Amqp.Framing;
using Amqp.Transport;
using Amqp.Types;

namespace Amqp;

/// <summary>What flows in a session: transfers in its two windows (2.5.6), and the states of deliveries.</summary>
public partial class Session
{
    private readonly Dictionary<uint, OutgoingDelivery> _outgoing = [];
    private readonly Dictionary<uint, Message> _incoming = [];
    private readonly uint _window;
    private readonly uint _outgoingWindow;
    private readonly uint _firstOutgoingId;
    private PendingDisposition _pendingDisposition;
    private uint _nextOutgoingId;
    private uint _nextDeliveryId;
    private uint _remoteIncomingWindow;
    private uint _nextIncomingId;
    private uint _incomingWindow;

    /// <summary>How many transfers the peer may have on their way.</summary>
    internal uint Window => _window;

    /// <summary>
    /// Writes as much of a delivery as credit, the peer's window and the buffer allow; true if that was all. Called under the gate.
    /// </summary>
    internal bool TryTransfer(OutgoingDelivery delivery, ReadOnlySpan<byte> payload)
    {
        do
        {
            if (_state != SessionState.Opened || !CanWrite || _remoteIncomingWindow == 0 || !Connection.Writer.HasRoom)
            {
                return false;
            }

            if (delivery.IsStarted)
            {
                WriteTransfer(delivery, payload, isFirst: false);
                continue;
            }

            if (!delivery.Link.TryStart(delivery, _nextDeliveryId))
            {
                return false;
            }

            _nextDeliveryId = unchecked(_nextDeliveryId + 1);
            if (!delivery.IsSettled)
            {
                delivery.IsUnsettled = true;
                _outgoing.Add(delivery.Id, delivery);
            }

            WriteTransfer(delivery, payload, isFirst: true);
        }
        while (delivery.Offset < payload.Length && !delivery.IsAborted);
        return true;
    }

    internal void SendQueued(CallbackQueue callbacks)
    {
        if (_state == SessionState.Opened)
        {
            _links.SendQueued(callbacks);
        }
    }

    /// <summary>Tells the peer the session's windows and a link's credit. Called under the gate.</summary>
    internal void WriteFlow(Link link, uint deliveryCount, uint credit, bool drain) => WriteFlow(new Flow
    {
        Handle = link.Handle,
        DeliveryCount = deliveryCount,
        LinkCredit = credit,
        Drain = drain,
    });

    internal void OnFlow(in Flow flow, CallbackQueue callbacks)
    {
        if (_state != SessionState.Opened)
        {
            return;
        }

        // What the peer has not seen yet of what we sent still counts against its window. Before it has seen our begin it counts from the
        // first.
        var peerNext = flow.NextIncomingId ?? _firstOutgoingId;
        var window = unchecked(peerNext + flow.IncomingWindow - _nextOutgoingId);
        _remoteIncomingWindow = SerialNumber.Distance(peerNext, _nextOutgoingId) > flow.IncomingWindow ? 0 : window;
        if (flow.Handle is { } handle)
        {
            FindLink(handle, callbacks)?.OnFlow(flow, callbacks);
        }
        else if (flow.Echo)
        {
            WriteFlow(default);
        }

        SendQueued(callbacks);
    }

    internal void OnTransfer(in Transfer transfer, ReadOnlySpan<byte> payload, CallbackQueue callbacks)
    {
        if (_state != SessionState.Opened)
        {
            return;
        }

        if (_incomingWindow == 0)
        {
            Fail(new Error(ErrorCode.WindowViolation, "More transfers came than the window takes."), callbacks);
            return;
        }

        _nextIncomingId = unchecked(_nextIncomingId + 1);
        _incomingWindow--;
        switch (FindLink(transfer.Handle, callbacks))
        {
            case ReceiverLink receiver: receiver.OnTransfer(transfer, payload, callbacks); break;
            case SenderLink: Fail(new Error(ErrorCode.NotAllowed, "A transfer came on a link that sends."), callbacks); break;
        }

        if (_incomingWindow <= _window / 2 && _state == SessionState.Opened)
        {
            _incomingWindow = _window;
            WriteFlow(default);
        }
    }

    private void WriteTransfer(OutgoingDelivery delivery, ReadOnlySpan<byte> payload, bool isFirst)
    {
        var buffer = Connection.Writer.Buffer;
        var frame = Frame.Begin(buffer, Frame.AmqpType, _channel);
        if (isFirst)
        {
            Transfer.WriteFirst(buffer, delivery.Link.Handle, delivery.Id, delivery.Tag, delivery.MessageFormat, delivery.IsSettled);
        }
        else
        {
            Transfer.WriteNext(buffer, delivery.Link.Handle, delivery.IsSettled, delivery.IsAborted);
        }

        var rest = delivery.IsAborted ? [] : payload[delivery.Offset..];
        var room = Connection.RemoteMaxFrameSize - (buffer.Length - frame);
        if (rest.Length > room)
        {
            Transfer.SetMore(buffer);
            rest = rest[..(int)room];
        }

        buffer.Write(rest);
        Frame.End(buffer, frame);
        delivery.Offset += rest.Length;
        _nextOutgoingId = unchecked(_nextOutgoingId + 1);
        _remoteIncomingWindow--;
    }

    private void WriteFlow(Flow flow)
    {
        flow.NextIncomingId = _nextIncomingId;
        flow.IncomingWindow = _incomingWindow;
        flow.NextOutgoingId = _nextOutgoingId;
        flow.OutgoingWindow = _outgoingWindow;
        WriteFrame(flow);
    }
}
