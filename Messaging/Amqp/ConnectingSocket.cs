using System.Net.Sockets;
using Amqp.Handler;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Amqp;

/// <summary>
/// The socket of a connection attempt. To cancel the attempt in AMQPNetLite does not end the handshakes of TLS and SASL, so a broker that
/// says nothing there would block it for ever. To close the socket ends them.
/// </summary>
/// <param name="next">Receives the events that it asks for.</param>
/// <param name="cancellationToken">Cancels the attempt.</param>
internal sealed class ConnectingSocket(IHandler? next, CancellationToken cancellationToken) : IHandler
{
    private volatile Socket? _socket;

    public bool CanHandle(EventId id) => id == EventId.SocketConnect || next?.CanHandle(id) is true;

    public void Handle(Event protocolEvent)
    {
        if (protocolEvent.Id == EventId.SocketConnect)
        {
            _socket = (Socket)protocolEvent.Context;
            if (cancellationToken.IsCancellationRequested)
            {
                Close();
            }
        }

        if (next?.CanHandle(protocolEvent.Id) is true)
        {
            next.Handle(protocolEvent);
        }
    }

    public void Close() => _socket?.Dispose();
}
