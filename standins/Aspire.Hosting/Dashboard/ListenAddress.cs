using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Processes.Ports;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where something listens, and the setting that says so.</summary>
internal sealed record ListenAddress(string Setting, string Scheme, string Host, int Port)
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);

    public string Url => $"{Scheme}://{Host}:{Port}";

    /// <summary>The address to give to a client on this machine, for whom "all addresses" is none.</summary>
    public Uri LocalUrl => new($"{Scheme}://{(IsAllAddresses ? "localhost" : Host)}:{Port}");

    private bool IsAllAddresses => BindAddress.Equals(IPAddress.Any) || BindAddress.Equals(IPAddress.IPv6Any);

    private IPAddress BindAddress =>
        string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) ? address
        // A name, "*" or "+", which Kestrel takes for all addresses.
        : IPAddress.Any;

    /// <param name="setting">The setting, for messages.</param>
    /// <param name="url">A URL; null for localhost and port 0, which is replaced by a free one.</param>
    /// <param name="reservePort">Finds a free port.</param>
    public static ListenAddress From(string setting, string? url, Func<int> reservePort)
    {
        try
        {
            var parsed = BindingAddress.Parse(url ?? "http://localhost:0");
            return new ListenAddress(setting, parsed.Scheme, parsed.Host, parsed.Port is 0 ? reservePort() : parsed.Port);
        }
        catch (FormatException exception)
        {
            throw new StartFailureException($"{setting} is '{url}', which is not an address such as http://localhost:15000.", exception);
        }
    }

    /// <summary>Waits for the port to become free: an AppHost that has just ended may still be ending its dashboard.</summary>
    /// <exception cref="StartFailureException">The port is still taken after <paramref name="patience"/>.</exception>
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
            var owner = PortOwner.Find(Port) ?? "another program";
            throw new StartFailureException($"Port {Port} is in use by {owner}: stop that, or change {Setting}, which is {Url}.");
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
        catch (SocketException exception)
        {
            // Whatever else is wrong with the address, the dashboard says it better.
            return exception.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
