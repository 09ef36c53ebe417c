using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SenderService.Tests.Outbox;

/// <summary>
/// A wire to the real broker that a test can meddle with: the broker's acceptance of some messages arrives as a refusal, or its frames are
/// followed by one that ends the link or the connection, or nobody can get through. It knows of AMQP 1.0 what it must: frames (2.3), and which transfer (2.7.5) a
/// disposition (2.7.6) speaks of. One connection at a time.
/// </summary>
internal sealed class BrokerWire : IAsyncDisposable
{
    /// <summary>A message that contains this is refused while <see cref="Refuses"/>.</summary>
    public const string Marker = "to be refused";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<uint> _marked = [];
    private readonly Uri _broker;
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private volatile bool _isBroken;
    private byte[]? _lastWord;
    private int _transfers;
    private int _connections;

    public BrokerWire(string broker)
    {
        _broker = new Uri(broker);
        _listener.Start();
        Address = new UriBuilder(_broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.AbsoluteUri;
        _accepting = AcceptAsync();
    }

    /// <summary>What the service is to connect to.</summary>
    public string Address { get; }

    public volatile bool Refuses = true;

    /// <summary>Instead of refusing a message, end the link over it and let nothing else through: some brokers do (RabbitMQ, the session).</summary>
    public volatile bool EndsLinkInstead;

    /// <summary>How many messages the service has sent so far.</summary>
    public int Transfers => Volatile.Read(ref _transfers);

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>With the next frame of the broker it detaches the link (2.7.7), with an error; what it sends after that is lost.</summary>
    public void DetachLink() => Volatile.Write(ref _lastWord, Frames.Detach("amqp:precondition-failed", "the test ends the link"));

    /// <summary>With the next frame of the broker it closes the connection (2.7.9), with an error; what it sends after that is lost.</summary>
    public void CloseConnection() => Volatile.Write(ref _lastWord, Frames.Close("amqp:precondition-failed", "the test ends the connection"));

    /// <summary>Cuts the connection, and every new one.</summary>
    public void Break()
    {
        _isBroken = true;
        _cut.Cancel();
    }

    public void Mend()
    {
        _cut = new CancellationTokenSource();
        _isBroken = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var service = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                if (!_isBroken)
                {
                    await RelayAsync(service, _cut.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task RelayAsync(TcpClient service, CancellationToken cut)
    {
        using var broker = new TcpClient();
        using var cutting = cut.Register(broker.Close);
        try
        {
            await broker.ConnectAsync(_broker.Host, _broker.Port, _end.Token);
            var sent = PumpAsync(service.GetStream(), broker.GetStream(), OnSent);
            var answered = PumpAsync(broker.GetStream(), service.GetStream(), OnAnswered);
            await await Task.WhenAny(sent, answered);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // One end is gone; disposing closes the other, as a wire would.
        }
    }

    /// <summary>Passes frame after frame on, as <paramref name="change"/> would have them; null ends the connection.</summary>
    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<byte[], byte[]> change)
    {
        var head = new byte[8];
        while (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, _end.Token) == head.Length)
        {
            // Protocol headers (2.2) have eight bytes and no size.
            var isHeader = head.AsSpan().StartsWith("AMQP"u8);
            var frame = new byte[isHeader ? head.Length : BinaryPrimitives.ReadInt32BigEndian(head)];
            head.CopyTo(frame, 0);
            await from.ReadExactlyAsync(frame.AsMemory(head.Length), _end.Token);
            await to.WriteAsync(isHeader ? frame : change(frame), _end.Token);
        }
    }

    private byte[] OnSent(byte[] frame)
    {
        if (Frames.DeliveryIdOfTransfer(frame) is { } id)
        {
            Interlocked.Increment(ref _transfers);
            lock (_marked)
            {
                // The next connection begins with its own ids.
                _marked.Remove(id);
                if (Refuses && frame.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) >= 0)
                {
                    _marked.Add(id);
                    if (EndsLinkInstead)
                    {
                        DetachLink();
                    }
                }
            }
        }

        return frame;
    }

    private byte[] OnAnswered(byte[] frame)
    {
        if (Interlocked.Exchange(ref _lastWord, null) is { } lastWord && Frames.IsPerformative(frame))
        {
            // On the channel of the frame that it comes instead of.
            frame.AsSpan(6, 2).CopyTo(lastWord.AsSpan(6));
            return lastWord;
        }

        if (Frames.AcceptedDeliveries(frame) is not { } range)
        {
            return frame;
        }

        lock (_marked)
        {
            var answers = new List<byte>();
            for (var id = range.First; id <= range.Last; id++)
            {
                answers.AddRange(_marked.Contains(id)
                    ? Frames.Rejected(frame, id, "amqp:message-size-exceeded", "the test refuses it")
                    : Frames.Accepted(frame, id));
            }

            return [.. answers];
        }
    }
}
