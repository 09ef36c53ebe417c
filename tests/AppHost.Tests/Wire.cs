using System.Net;
using System.Net.Sockets;

namespace AppHost.Tests;

/// <summary>
/// The wire between a service and the broker, as a TCP relay that a test can make swallow everything: what is sent then never arrives,
/// and nobody is told. It holds a service in the moment between sending and the broker's answer, for as long as the test wants.
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private long _swallowed;
    private volatile bool _swallows;

    public Wire()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"{_listener.LocalEndpoint}";

    /// <summary>Where it leads to.</summary>
    public Uri? Broker { get; set; }

    /// <summary>From now on nothing arrives any more, in either direction; connections stay open.</summary>
    public void Swallow() => _swallows = true;

    /// <summary>From now on everything arrives again, on new connections; those that lost something are cut.</summary>
    public void Heal() => _swallows = false;

    /// <summary>How many bytes the service has sent in vain.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

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
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient service)
    {
        using var broker = new TcpClient();
        using (service)
        {
            try
            {
                await broker.ConnectAsync(Broker!.Host, Broker.Port, _end.Token);
                var sent = PumpAsync(service.GetStream(), broker.GetStream(), count => Interlocked.Add(ref _swallowed, count));
                var answered = PumpAsync(broker.GetStream(), service.GetStream(), _ => { });
                await await Task.WhenAny(sent, answered);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // One end is gone; disposing closes the other, as a wire would.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Action<int> swallowed)
    {
        var buffer = new byte[16 * 1024];
        var incomplete = false;
        while (await from.ReadAsync(buffer, _end.Token) is > 0 and var count)
        {
            if (_swallows)
            {
                incomplete = true;
                swallowed(count);
            }
            else if (incomplete)
            {
                return;
            }
            else
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
            }
        }
    }
}
