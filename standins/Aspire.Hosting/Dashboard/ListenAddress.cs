using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where something listens, and the setting that says so.</summary>
internal sealed record ListenAddress(string Setting, string Scheme, string Host, int Port)
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    public string Url => $"{Scheme}://{Host}:{Port}";

    /// <summary>The address to give to a client on this machine, for whom "all addresses" is none.</summary>
    public Uri LocalUrl => new($"{Scheme}://{(BindAddress.Equals(IPAddress.Any) || BindAddress.Equals(IPAddress.IPv6Any) ? "localhost" : Host)}:{Port}");

    private IPAddress BindAddress =>
        string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) ? address
        // A name, "*" or "+", which Kestrel takes for all addresses.
        : IPAddress.Any;

    /// <param name="setting">The setting, for messages.</param>
    /// <param name="url">A URL, or null for localhost; a port that is missing there or 0 is replaced by a free one.</param>
    public static ListenAddress From(string setting, string? url)
    {
        try
        {
            var parsed = BindingAddress.Parse(url ?? "http://localhost:0");
            return new ListenAddress(setting, parsed.Scheme, parsed.Host, parsed.Port is 0 ? FindFreePort() : parsed.Port);
        }
        catch (FormatException exception)
        {
            throw new DistributedApplicationException($"{setting} is '{url}', which is not an address such as http://localhost:15000.", exception);
        }
    }

    /// <summary>Waits for the port to become free: an AppHost that has just ended may still be ending its dashboard.</summary>
    /// <exception cref="DistributedApplicationException">The port is still taken after <paramref name="patience"/>.</exception>
    public async Task EnsureFreeAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            while (!IsFree())
            {
                await Task.Delay(ProbeInterval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException(
                $"Port {Port} is taken, perhaps by another AppHost: stop that one, or set {Setting} to another address (it is {Url}).");
        }
    }

    private bool IsFree()
    {
        try
        {
            using var listener = new TcpListener(BindAddress, Port);
            listener.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
