using System.Net.Sockets;
using Amqp.Handler;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Amqp;

/// <summary>
/// The socket of a connection. To close it ends at once whatever AMQPNetLite is waiting for. Otherwise a broker that says nothing would
/// block the handshakes of TLS and SASL for ever, and the end of a connection for 20 seconds.
/// </summary>
/// <param name="next">Receives the events that it asks for.</param>
internal sealed class ConnectionSocket(IHandler? next) : IHandler
{
    private readonly Lock _gate = new();
    private Socket? _socket;
    private bool _isClosed;

    /// <summary>Why it was closed. Null if it is open, or the broker has closed it.</summary>
    public string? Reason { get; private set; }

    public bool CanHandle(EventId id) =>
        id is EventId.SocketConnect or EventId.ConnectionLocalClose || next?.CanHandle(id) is true;

    public void Handle(Event protocolEvent)
    {
        switch (protocolEvent)
        {
            case { Id: EventId.SocketConnect, Context: Socket socket }:
                Use(socket);
                break;

            case { Id: EventId.ConnectionLocalClose, Context: Close { Error: { } error } }:
                // The client gives the connection up, usually after the idle timeout. It still has to write its last frame.
                Task.Run(() => Close(error.Description));
                break;
        }

        if (next?.CanHandle(protocolEvent.Id) is true)
        {
            next.Handle(protocolEvent);
        }
    }

    public void Close(string? reason)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _isClosed = true;
                Reason = reason;
                _socket?.Dispose();
            }
        }
    }

    private void Use(Socket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            if (_isClosed)
            {
                socket.Dispose();
            }
        }
    }
}
