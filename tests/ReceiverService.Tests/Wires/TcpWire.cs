using System.Net;
using System.Net.Sockets;

namespace ReceiverService.Tests.Wires;

/// <summary>What is counted of a stream of bytes as it passes.</summary>
internal interface IStreamCounter
{
    void Pass(ReadOnlySpan<byte> bytes);
}

/// <summary>
/// The wire between a service and a server, as a TCP relay: a test can cut it, make one direction swallow everything, and count what passes.
/// </summary>
/// <param name="host">The server.</param>
/// <param name="port">Its port.</param>
/// <param name="answers">Makes a counter for what the server sends on one connection.</param>
internal sealed class TcpWire(string host, int port, Func<IStreamCounter>? answers = null) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenSource _cut = new();
    private TcpListener _listener = null!;
    private Task _accepting = null!;
    private volatile bool _swallows;
    private volatile bool _isCut;

    public int Port { get; private set; }

    /// <summary>From now on nothing that the service sends arrives any more; connections stay open.</summary>
    public void SwallowRequests() => _swallows = true;

    /// <summary>Ends all connections and refuses new ones, as a server that is away does.</summary>
    public void Cut()
    {
        _isCut = true;
        Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();
    }

    /// <summary>The server is back, for new connections.</summary>
    public void Mend() => (_isCut, _swallows) = (false, false);

    public TcpWire Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var service = await _listener.AcceptTcpClientAsync(_end.Token);
                if (_isCut)
                {
                    service.Dispose();
                }
                else
                {
                    connections.Add(RelayAsync(service, _cut.Token));
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
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
                await server.ConnectAsync(host, port, either.Token);
                var counter = answers?.Invoke();
                var asked = PumpAsync(service.GetStream(), server.GetStream(), bytes => !_swallows, either.Token);
                var answered = PumpAsync(server.GetStream(), service.GetStream(), bytes => Count(counter, bytes.Span), either.Token);
                await await Task.WhenAny(asked, answered);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // One end is gone; disposing closes the other, as a wire would.
            }
        }
    }

    private static bool Count(IStreamCounter? counter, ReadOnlySpan<byte> bytes)
    {
        counter?.Pass(bytes);
        return true;
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, bool> passes, CancellationToken end)
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
}
