using System.Diagnostics.CodeAnalysis;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Transport;

namespace Amqp;

/// <summary>
/// A connection (2.4). All its state, its sessions' and links' too, changes under one gate; one loop reads, one writes. Callbacks run on
/// the reader, without the gate.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The reader disposes of everything when the connection has ended.")]
public partial class Connection : AmqpObject, IConnection
{
    /// <summary>Whether any certificate of any peer is good. Defaults to false.</summary>
    public static bool DisableServerCertValidation;

    /// <summary>Larger frames are not sent to a peer that would take them: the links of a connection take turns between frames.</summary>
    private const uint LargestFrame = 1024 * 1024;

    private readonly Open _open;
    private readonly OnOpened _onOpened;
    private readonly SessionChannels _channels;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _peerIsToldWhy;

    /// <summary>Connects and waits for the peer to open its end.</summary>
    /// <exception cref="AmqpException">The peer refused.</exception>
    public Connection(Address address)
        : this(address, (SaslProfile)null, null, null)
    {
    }

    /// <summary>Connects with a SASL profile and an open of one's own, each may be null, and waits for the peer to open its end.</summary>
    /// <exception cref="AmqpException">The peer refused.</exception>
    public Connection(Address address, SaslProfile saslProfile, Open open, OnOpened onOpened)
        : this(address, new ConnectionFactory(), open, onOpened)
    {
        Factory.SASL.Profile = saslProfile;
        ConnectAsync(address, CancellationToken.None).GetAwaiter().GetResult();
    }

    internal Connection(Address address, ConnectionFactory factory, Open open, OnOpened onOpened)
    {
        Factory = factory;
        _open = Prepare(open ?? new Open(), address, factory.AMQP);
        _onOpened = onOpened;
        _channels = new SessionChannels(_open.ChannelMax);
    }

    /// <summary>How far the connection has come.</summary>
    public ConnectionState ConnectionState { get; private set; }

    /// <summary>The settings that the connection was made with.</summary>
    public ConnectionFactory Factory { get; }

    internal override Connection Owner => this;

    internal Lock Gate { get; } = new();

    internal FrameWriter Writer { get; private set; }

    /// <summary>The largest frame that is sent.</summary>
    internal uint RemoteMaxFrameSize { get; private set; } = Frame.MinMaxFrameSize;

    internal uint MaxHandle => (uint)Math.Max(1, Factory.AMQP.MaxLinksPerSession) - 1;

    internal ushort AddSession(Session session) => IsClosed ? throw ClosedException() : _channels.Add(session);

    /// <summary>Writes a frame without a payload. Called under the gate.</summary>
    /// <exception cref="AmqpException">The frame is larger than the peer takes.</exception>
    internal void WriteFrame<T>(ushort channel, in T performative)
        where T : IPerformative
    {
        var buffer = Writer.Buffer;
        var frame = Frame.Begin(buffer, Frame.AmqpType, channel);
        try
        {
            performative.Write(buffer);
            var size = buffer.Length - frame;
            if (size > RemoteMaxFrameSize)
            {
                throw new AmqpException(ErrorCode.FrameSizeTooSmall, $"A frame has {size} bytes, the peer takes {RemoteMaxFrameSize}.");
            }

            Frame.End(buffer, frame);
        }
        catch
        {
            // Half a frame, of a value that the application set and that has no encoding, would be the end of the connection.
            buffer.Truncate(frame);
            throw;
        }
    }

    /// <summary>A callback of the application threw: the connection is closed and says why. Called without the gate.</summary>
    internal void OnCallbackFailed(Exception exception) =>
        Abort(new Error(ErrorCode.InternalError, $"A callback threw {exception.GetType().Name}: {exception.Message}"));

    internal override void SendClose(Error error, CallbackQueue callbacks)
    {
        WriteFrame(0, new Farewell(Descriptors.Close, error));
        ConnectionState = ConnectionState switch
        {
            ConnectionState.OpenPipe => ConnectionState.OpenClosePipe,
            ConnectionState.OpenSent => ConnectionState.ClosePipe,
            _ => ConnectionState.CloseSent,
        };
    }

    internal override void OnEnded(Error error, CallbackQueue callbacks)
    {
        ConnectionState = ConnectionState.End;
        _heartbeat?.Dispose();
        foreach (var session in _channels.All)
        {
            session.End(error, callbacks);
        }

        var reason = error ?? new Error(ErrorCode.ConnectionForced, "The connection was closed while it was opened.");
        _opened.TrySetException(new AmqpException(reason));
        _ = _opened.Task.Exception; // seen: nobody waits for it unless the connection is being opened
        _ = _ended.CancelAsync();
    }

    /// <summary>
    /// Ends the connection because something went wrong, and tells the peer, if it can still be told. Called without the gate.
    /// </summary>
    private void Abort(Error error)
    {
        var callbacks = CallbackQueue.Take();
        lock (Gate)
        {
            _peerIsToldWhy |= !HasEnded;
            BeginClose(error, callbacks);
            End(error, callbacks);
        }

        callbacks.Run(this);
    }

    private static Open Prepare(Open open, Address address, AmqpSettings settings)
    {
        open.ContainerId ??= settings.ContainerId;
        open.HostName ??= settings.HostName ?? address.Host;
        if (!open.HasField(2))
        {
            open.MaxFrameSize = (uint)Math.Max(Frame.MinMaxFrameSize, settings.MaxFrameSize);
        }

        if (!open.HasField(3))
        {
            open.ChannelMax = (ushort)(Math.Max((ushort)1, settings.MaxSessionsPerConnection) - 1);
        }

        if (!open.HasField(4) && settings.IdleTimeout > 0)
        {
            open.IdleTimeOut = (uint)settings.IdleTimeout;
        }

        return open;
    }

    private sealed class OpenedNotification(Connection connection, Open open) : ICallback
    {
        public void Run()
        {
            try
            {
                connection._onOpened?.Invoke(connection, open);
            }
            finally
            {
                connection._opened.TrySetResult();
            }
        }
    }
}
