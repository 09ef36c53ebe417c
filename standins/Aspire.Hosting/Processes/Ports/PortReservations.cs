using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Processes.Ports;

/// <summary>
/// Keeps ports for the processes of the application, for as long as it lives. A reservation is a socket that is bound and does not listen:
/// on Linux the process that the port is meant for can listen on it beside that (both with SO_REUSEADDR), while nobody gets the port by
/// asking for a free one, not even while the process is stopped. A connection is refused meanwhile, as it should be.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    private const int MaxTries = 100;

    private readonly List<Socket> _sockets = [];

    /// <summary>Reserves a free port, on 127.0.0.1 and, where there is IPv6, on ::1.</summary>
    public int ReserveFree()
    {
        for (var i = 0; i < MaxTries; i++)
        {
            var socket = Bind(IPAddress.Loopback, 0);
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (TryBindIPv6(port, out var ipv6))
            {
                Keep(socket, ipv6);
                return port;
            }

            socket.Dispose();
        }

        throw new StartFailureException("No free port was found: too many programs are listening on this machine.");
    }

    /// <summary>Reserves a port that was asked for by number.</summary>
    public void ReserveFixed(int port, string resourceName)
    {
        try
        {
            using (var probe = Bind(IPAddress.Loopback, port))
            {
                // Only listening tells whether somebody else listens: a bound socket can share its port.
                probe.Listen();
            }

            if (!TryBindIPv6(port, out var ipv6))
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }

            Keep(Bind(IPAddress.Loopback, port), ipv6);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartFailureException(PortOwner.InUse(port, resourceName));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartFailureException($"Port {port} of '{resourceName}' needs root: choose one above 1024.");
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _sockets.Clear();
    }

    private static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Only where the port is taken on ::1 is the answer no; a machine without IPv6 has nothing to reserve.
    private static bool TryBindIPv6(int port, out Socket? socket)
    {
        socket = null;
        try
        {
            socket = Bind(IPAddress.IPv6Loopback, port);
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }

    private void Keep(params Socket?[] sockets)
    {
        foreach (var socket in sockets.OfType<Socket>())
        {
            if (OperatingSystem.IsLinux())
            {
                _sockets.Add(socket);
            }
            else
            {
                // Elsewhere the process could not listen beside it.
                socket.Dispose();
            }
        }
    }
}
