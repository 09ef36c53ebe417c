using Amqp.Framing;

namespace Amqp;

/// <summary>A pair of channels, one each way, in which links live (2.5).</summary>
public partial class Session : AmqpObject, ISession
{
    private const uint DefaultWindow = 2048;

    private readonly OnBegin _onBegin;
    private readonly SessionLinks _links;
    private readonly ushort _channel;
    private SessionState _state;

    /// <summary>Begins a session; does not wait for the peer.</summary>
    public Session(Connection connection)
        : this(connection, new Begin(), null)
    {
    }

    /// <summary>Begins a session as <paramref name="begin"/> says; does not wait for the peer.</summary>
    public Session(Connection connection, Begin begin, OnBegin onBegin)
    {
        Connection = connection;
        _onBegin = onBegin;
        SetDefaults(begin, connection);
        _links = new SessionLinks(begin.HandleMax);
        _firstOutgoingId = _nextOutgoingId = _nextDeliveryId = begin.NextOutgoingId;
        _window = _incomingWindow = begin.IncomingWindow;
        _outgoingWindow = begin.OutgoingWindow;
        lock (connection.Gate)
        {
            _channel = connection.AddSession(this);
            WriteFrame(begin);
            _state = SessionState.BeginSent;
            connection.Writer.Wake();
        }
    }

    /// <summary>The connection that the session belongs to.</summary>
    public Connection Connection { get; }

    /// <summary>How far the session has come.</summary>
    public SessionState SessionState => _state;

    internal override Connection Owner => Connection;

    /// <summary>The channel of this end.</summary>
    internal ushort Channel => _channel;

    /// <summary>Whether frames of this session may be sent: not after its end (2.5.3), nor after the connection's close (2.4.3).</summary>
    internal bool CanWrite => !Connection.IsClosed && _state is (SessionState.Start or SessionState.BeginSent or SessionState.Opened);

    /// <summary>Writes a frame of this session, if it still can. Called under the gate.</summary>
    internal void WriteFrame<T>(in T performative)
        where T : IPerformative
    {
        if (CanWrite)
        {
            Connection.WriteFrame(_channel, performative);
        }
    }

    /// <summary>Adds a link and tells the peer. Called under the gate.</summary>
    internal void Attach(Link link, Attach attach)
    {
        if (IsClosed || Connection.IsClosed)
        {
            throw ClosedException();
        }

        link.Handle = attach.Handle = _links.Add(link);
        try
        {
            WriteFrame(attach);
        }
        catch
        {
            _links.Remove(link);
            throw;
        }
    }

    /// <summary>Ends the session because the peer broke one of its rules. Called under the gate.</summary>
    internal void Fail(Error error, CallbackQueue callbacks)
    {
        BeginClose(error, callbacks);
        End(error, callbacks);
    }

    internal override void SendClose(Error error, CallbackQueue callbacks)
    {
        WriteFrame(new Farewell(Descriptors.End, error));
        _state = _state == SessionState.BeginSent ? SessionState.EndPipe : SessionState.EndSent;
    }

    internal override void OnEnded(Error error, CallbackQueue callbacks)
    {
        foreach (var link in _links.All)
        {
            link.End(error, callbacks);
        }
    }

    private static void SetDefaults(Begin begin, Connection connection)
    {
        if (!begin.HasField(1))
        {
            begin.NextOutgoingId = 0;
        }

        if (!begin.HasField(2))
        {
            begin.IncomingWindow = DefaultWindow;
        }

        if (!begin.HasField(3))
        {
            begin.OutgoingWindow = DefaultWindow;
        }

        if (!begin.HasField(4))
        {
            begin.HandleMax = connection.MaxHandle;
        }
    }

    private sealed class BegunNotification(Session session, Begin begin) : ICallback
    {
        public void Run() => session._onBegin(session, begin);
    }
}
