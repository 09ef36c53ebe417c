using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Testing;

/// <summary>The wire between a service and a server, as a TCP relay: a test can cut it, or make it swallow what the service sends.</summary>
public class TcpWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private long _swallowed;
    private int _connections;
    private volatile bool _isCut;
    private volatile bool _endsNext;
    private volatile bool _swallows;

    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    public TcpWire(string host, int port)
        : this() => Server = new DnsEndPoint(host, port);

    /// <summary>A wire that leads nowhere until <see cref="Server"/> is set.</summary>
    public TcpWire()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it leads to.</summary>
    public DnsEndPoint? Server { get; set; }

    /// <summary>Where the service is to connect to, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>How often the service has connected, those included that were refused.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How many bytes the service has sent in vain.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

    /// <summary>A wire to a database's server.</summary>
    /// <param name="database">A connection string.</param>
    /// <param name="byWire">The same, by way of this wire.</param>
    public static TcpWire ToDatabase(string database, out string byWire)
    {
        var address = new NpgsqlConnectionStringBuilder(database);
        var wire = new TcpWire(address.Host!, address.Port);
        (address.Host, address.Port) = ("127.0.0.1", wire.Port);
        byWire = address.ConnectionString;
        return wire;
    }

    /// <summary>The same address, by way of this wire.</summary>
    public string Reroute(string address) => new UriBuilder(address) { Host = "127.0.0.1", Port = Port }.Uri.AbsoluteUri;

    /// <summary>From now on nothing that the service sends arrives any more; connections stay open and nobody is told.</summary>
    public void SwallowRequests() => _swallows = true;

    /// <summary>Ends all connections and refuses new ones, as a server that is away does.</summary>
    public void Cut()
    {
        _isCut = true;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    /// <summary>Ends the next connection as soon as it is made, and no other.</summary>
    public void EndNext() => _endsNext = true;

    /// <summary>As new, for new connections; those that have lost something are ended.</summary>
    public void Mend()
    {
        Cut();
        (_isCut, _endsNext, _swallows) = (false, false, false);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes what passes on the server's bytes, for one connection.</summary>
    protected virtual Pump PumpAnswers() => PumpAsync;

    /// <summary>Makes what passes on the service's bytes, for one connection.</summary>
    protected virtual Pump PumpRequests() => (from, to, end) => PumpAsync(from, to, bytes => !Swallows(bytes.Length), end);

    protected delegate Task Pump(NetworkStream from, NetworkStream to, CancellationToken end);

    /// <summary>Passes on what <paramref name="passes"/> lets through, piece by piece as it comes.</summary>
    protected static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> passes, CancellationToken end)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, end) is > 0 and var count)
        {
            var bytes = buffer.AsMemory(0, count);
            if (passes(bytes))
            {
                await to.WriteAsync(bytes, end);
            }
        }
    }

    private static Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken end) => PumpAsync(from, to, _ => true, end);

    private bool Swallows(int count)
    {
        if (_swallows)
        {
            Interlocked.Add(ref _swallowed, count);
        }

        return _swallows;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var service = await _listener.AcceptTcpClientAsync(_end.Token);
                var cut = _cut.Token;
                Interlocked.Increment(ref _connections);
                if (_isCut || _endsNext)
                {
                    _endsNext = false;
                    service.Dispose();
                }
                else
                {
                    connections.Add(RelayAsync(service, cut));
                }
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient service, CancellationToken cut)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cut, _end.Token);
        using var server = new TcpClient { NoDelay = true };
        service.NoDelay = true;
        using (service)
        {
            try
            {
                await server.ConnectAsync(Server!.Host, Server.Port, either.Token);
                var asked = PumpRequests()(service.GetStream(), server.GetStream(), either.Token);
                var answered = PumpAnswers()(server.GetStream(), service.GetStream(), either.Token);
                await await Task.WhenAny(asked, answered);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // One end is gone; disposing closes the other, as a wire would.
            }
        }
    }
}
