using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace SenderService.Tests.Outbox;

/// <summary>
/// A wire to the real broker that a test can meddle with: the broker's acceptance of some messages arrives as a refusal, or instead of it a
/// frame that ends the link or the connection. It knows of AMQP 1.0 what it must: frames (2.3), and which transfer (2.7.5) a
/// disposition (2.7.6) speaks of. One connection at a time.
/// </summary>
internal sealed class BrokerWire : TcpWire
{
    /// <summary>A message that contains this is refused while <see cref="Refuses"/>.</summary>
    public const string Marker = "to be refused";

    private readonly HashSet<uint> _marked = [];
    private byte[]? _lastWord;
    private bool _releasesNext;
    private Pause? _pause;
    private int _transfers;

    public BrokerWire(string broker)
        : this(new Uri(broker))
    {
    }

    private BrokerWire(Uri broker)
        : base(broker.Host, broker.Port) => Address = Reroute(broker.AbsoluteUri);

    /// <summary>What the service is to connect to.</summary>
    public string Address { get; }

    public volatile bool Refuses = true;

    /// <summary>Instead of refusing a message, end the link over it and let nothing else through: some brokers do (RabbitMQ, the session).</summary>
    public volatile bool EndsLinkInstead;

    /// <summary>Keep the broker's acceptances to oneself, as if it took its time.</summary>
    public volatile bool KeepsAcceptances;

    /// <summary>How many messages the service has sent so far.</summary>
    public int Transfers => Volatile.Read(ref _transfers);

    /// <summary>Instead of its next acceptance, so while messages are in flight, the broker detaches the link (2.7.7), with an error.</summary>
    public void DetachLink() => Volatile.Write(ref _lastWord, Frames.Detach("amqp:precondition-failed", "the test ends the link"));

    /// <summary>Instead of its next acceptance, so while messages are in flight, the broker closes the connection (2.7.9), with an error.</summary>
    public void CloseConnection() => Volatile.Write(ref _lastWord, Frames.Close("amqp:precondition-failed", "the test ends the connection"));

    /// <summary>Instead of its next acceptance the broker gives the message back (3.4.4): it says nothing against it.</summary>
    public void ReleaseNext() => Volatile.Write(ref _releasesNext, true);

    /// <summary>The broker takes a pause before its next acceptance; after <see cref="ReleaseNext"/>, before the one behind that.</summary>
    public void PauseNext(TimeSpan length) => Volatile.Write(ref _pause, new(length));

    protected override Pump PumpRequests() => (from, to, end) => PumpFramesAsync(from, to, frame => to.WriteAsync(OnSent(frame), end), end);

    protected override Pump PumpAnswers() => (from, to, end) => PumpFramesAsync(from, to, frame => OnAnsweredAsync(frame, to, end), end);

    /// <summary>Has frame after frame passed on by <paramref name="pass"/>.</summary>
    private static async Task PumpFramesAsync(NetworkStream from, NetworkStream to, Func<byte[], ValueTask> pass, CancellationToken end)
    {
        var head = new byte[8];
        while (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, end) == head.Length)
        {
            // Protocol headers (2.2) have eight bytes and no size.
            var isHeader = head.AsSpan().StartsWith("AMQP"u8);
            var frame = new byte[isHeader ? head.Length : BinaryPrimitives.ReadInt32BigEndian(head)];
            head.CopyTo(frame, 0);
            await from.ReadExactlyAsync(frame.AsMemory(head.Length), end);
            await (isHeader ? to.WriteAsync(frame, end) : pass(frame));
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

    private async ValueTask OnAnsweredAsync(byte[] frame, NetworkStream to, CancellationToken end)
    {
        if (Frames.AcceptedDeliveries(frame) is not { } range)
        {
            await to.WriteAsync(frame, end);
            return;
        }

        if (Interlocked.Exchange(ref _releasesNext, false))
        {
            await to.WriteAsync(Frames.Released(frame, range.First++), end);
            if (range.First > range.Last)
            {
                return;
            }
        }

        if (Interlocked.Exchange(ref _pause, null) is { } pause)
        {
            await Task.Delay(pause.Length, end);
        }

        await to.WriteAsync(OnAccepted(frame, range), end);
    }

    private byte[] OnAccepted(byte[] frame, (uint First, uint Last) range)
    {
        if (Interlocked.Exchange(ref _lastWord, null) is { } lastWord)
        {
            // On the channel of the frame that it comes instead of.
            frame.AsSpan(6, 2).CopyTo(lastWord.AsSpan(6));
            return lastWord;
        }

        if (KeepsAcceptances)
        {
            return [];
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

    private sealed record Pause(TimeSpan Length);
}
