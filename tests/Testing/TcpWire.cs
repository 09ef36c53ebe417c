using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Testing;

/// <summary>A TCP relay between a service and a server. A test can cut it, forget connections, or swallow the service's bytes.</summary>
public class TcpWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private CancellationTokenSource _forget = new();
    private long _swallowed;
    private int _connections;
    private volatile bool _isCut;
    private volatile bool _endsNext;
    private volatile bool _swallows;

    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    public TcpWire(string host, int port)
        : this() => Server = new DnsEndPoint(host, port);

    /// <summary>Creates a wire without a server. Set <see cref="Server"/> before the service connects.</summary>
    public TcpWire()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The server.</summary>
    public DnsEndPoint? Server { get; set; }

    /// <summary>The port on 127.0.0.1 to which the service connects.</summary>
    public int Port { get; }

    /// <summary>Number of connections of the service so far, with those that were refused.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Number of bytes of the service that were swallowed.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

    /// <summary>Creates a wire to the server of a database.</summary>
    /// <param name="database">A connection string.</param>
    /// <param name="byWire">The same connection string, through this wire.</param>
    public static TcpWire ToDatabase(string database, out string byWire)
    {
        var address = new NpgsqlConnectionStringBuilder(database);
        var wire = new TcpWire(address.Host!, address.Port);
        byWire = wire.RerouteDatabase(database);
        return wire;
    }

    /// <summary>The same connection string, through this wire.</summary>
    public string RerouteDatabase(string database) =>
        new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    /// <summary>The same address, through this wire.</summary>
    public string Reroute(string address) => new UriBuilder(address) { Host = "127.0.0.1", Port = Port }.Uri.AbsoluteUri;

    /// <summary>Swallows all bytes of the service from now on. Connections stay open and see no error.</summary>
    public void SwallowRequests() => _swallows = true;

    /// <summary>Ends all connections and refuses new ones, as a stopped server does.</summary>
    public void Cut()
    {
        _isCut = true;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    /// <summary>
    /// Forgets the connections that exist, as a firewall does. Both ends see them open, and nothing arrives any more: no byte, and not that
    /// the other end has closed. New connections work.
    /// </summary>
    public void Forget() => Interlocked.Exchange(ref _forget, new CancellationTokenSource()).Cancel();

    /// <summary>Ends only the next connection, as soon as it is made.</summary>
    public void EndNext() => _endsNext = true;

    /// <summary>Makes the wire work again for new connections. Connections that have lost bytes end.</summary>
    public void Restore()
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

    /// <summary>Makes the pump for the server's bytes of one connection.</summary>
    protected virtual Pump PumpAnswers() => PumpAsync;

    /// <summary>Makes the pump for the service's bytes of one connection.</summary>
    protected virtual Pump PumpRequests() => (from, to, end) => PumpAsync(from, to, bytes => !Swallows(bytes.Length), end);

    protected delegate Task Pump(NetworkStream from, NetworkStream to, CancellationToken end);

    /// <summary>Passes on every piece for which <paramref name="passes"/> is true, as it comes.</summary>
    protected static async Task PumpAsync(
        NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> passes, CancellationToken end)
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

    /// <summary>True if these bytes of the service are to be swallowed. Counts them.</summary>
    protected bool Swallows(int count)
    {
        if (_swallows)
        {
            Interlocked.Add(ref _swallowed, count);
        }

        return _swallows;
    }

    private static Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken end) => PumpAsync(from, to, _ => true, end);

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
                    connections.Add(RelayAsync(service, cut, _forget.Token));
                }
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient service, CancellationToken cut, CancellationToken forgotten)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cut, _end.Token);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, forgotten);
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
                // One end is gone. Disposing closes the other end too.
            }

            if (forgotten.IsCancellationRequested)
            {
                await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
