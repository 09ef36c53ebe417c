using System.Net;
using System.Net.Sockets;

namespace Faults.Running;

/// <summary>Free ports below those that the kernel gives to clients. So a port stays free while its server is down.</summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // Another one.
            }
        }
    }
}
