using System.Net.Sockets;
using Amqp.Handler;

namespace ServiceDefaults.Amqp;

/// <summary>
/// The socket of a connection that is being made. AMQPNetLite's cancellation leaves out the handshakes of TLS and SASL, and waits for a
/// broker that says nothing there without end: closing the socket ends that too.
/// </summary>
/// <param name="next">Hears of every event that it wants to hear of.</param>
/// <param name="cancellationToken">Ends the making of the connection.</param>
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
