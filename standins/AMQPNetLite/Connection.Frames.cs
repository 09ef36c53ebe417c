using Amqp.Framing;
using Amqp.Transport;
using Amqp.Types;

namespace Amqp;

/// <summary>What each frame of the peer does (2.7), and the signs of life (2.4.5).</summary>
public partial class Connection
{
    private void OnFrame(ushort channel, ReadOnlySpan<byte> body, CallbackQueue callbacks)
    {
        if (body.IsEmpty)
        {
            return; // a sign of life
        }

        var reader = new AmqpReader(body);
        var code = reader.ReadDescriptor();
        if (IsClosing && code is not (0x10 or 0x18))
        {
            return; // after our close only the peer's counts (2.4.3)
        }

        switch (code)
        {
            case 0x10: OnOpen(ReadPerformative<Open>(ref reader), callbacks); return;
            case 0x18: OnClose(Farewell.ReadError(ref reader), callbacks); return;
        }

        CheckOpened();
        switch (code)
        {
            case 0x11: OnBegin(channel, ReadPerformative<Begin>(ref reader), callbacks); break;
            case 0x12: FindSession(channel).OnAttach(ReadPerformative<Attach>(ref reader), callbacks); break;
            case 0x13: FindSession(channel).OnFlow(Flow.Read(ref reader), callbacks); break;
            case 0x14:
                var transfer = Transfer.Read(ref reader);
                FindSession(channel).OnTransfer(transfer, reader.Rest, callbacks);
                break;
            case 0x15: FindSession(channel).OnDisposition(Disposition.Read(ref reader), callbacks); break;
            case 0x16:
                var detach = Detach.Read(ref reader);
                FindSession(channel).OnDetach(detach.Handle, detach.Error, callbacks);
                break;
            case 0x17: OnEnd(channel, Farewell.ReadError(ref reader), callbacks); break;
            default: throw new AmqpException(ErrorCode.NotImplemented, $"A frame has the descriptor 0x{code:x2}.");
        }
    }

    private static T ReadPerformative<T>(ref AmqpReader reader)
        where T : DescribedList, new()
    {
        var performative = new T();
        performative.DecodeValue(ref reader);
        return performative;
    }

    private void OnOpen(Open open, CallbackQueue callbacks)
    {
        switch (ConnectionState)
        {
            case ConnectionState.OpenSent: ConnectionState = ConnectionState.Opened; break;
            case ConnectionState.ClosePipe or ConnectionState.OpenClosePipe: ConnectionState = ConnectionState.CloseSent; return;
            default: throw new AmqpException(ErrorCode.IllegalState, "The peer opened the connection twice.");
        }

        if (open.MaxFrameSize < Frame.MinMaxFrameSize)
        {
            throw new AmqpException(ErrorCode.InvalidField, $"A peer must take frames of more than {open.MaxFrameSize} bytes.");
        }

        RemoteMaxFrameSize = Math.Min(open.MaxFrameSize, LargestFrame);
        _channels.LimitChannels(open.ChannelMax);
        StartHeartbeat(open.IdleTimeOut);
        callbacks.Add(new OpenedNotification(this, open));
    }

    private void OnClose(Error error, CallbackQueue callbacks)
    {
        if (!IsClosing)
        {
            WriteFrame(0, new Farewell(Descriptors.Close, null));
        }

        End(error, callbacks);
    }

    private void OnBegin(ushort channel, Begin begin, CallbackQueue callbacks)
    {
        if (channel > _open.ChannelMax)
        {
            throw new AmqpException(ErrorCode.FramingError, $"The channel {channel} is more than {_open.ChannelMax}."); // 2.7.1, channel-max
        }

        if (!begin.HasField(0))
        {
            throw new AmqpException(ErrorCode.NotAllowed, "This client takes no sessions that the peer begins.");
        }

        var session = _channels.Map(begin.RemoteChannel, channel)
            ?? throw new AmqpException(ErrorCode.NotAllowed, $"A begin for the channel {begin.RemoteChannel} answers none.");
        session.OnBegin(begin, callbacks);
    }

    private void OnEnd(ushort channel, Error error, CallbackQueue callbacks)
    {
        var session = FindSession(channel);
        _channels.Remove(session, channel);
        session.OnEnd(error, callbacks);
    }

    private Session FindSession(ushort channel) =>
        _channels.Find(channel) ?? throw new AmqpException(ErrorCode.NotAllowed, $"There is no session on the channel {channel}.");

    private void CheckOpened()
    {
        if (ConnectionState != ConnectionState.Opened)
        {
            throw new AmqpException(ErrorCode.IllegalState, "The first frame is an open.");
        }
    }
}
