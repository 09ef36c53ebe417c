using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Testing;

/// <summary>
/// A wire to the real broker, in which a test can change the broker's answers. The acceptance of some messages arrives as a refusal. Or a
/// frame that ends the link or the connection arrives instead. The wire knows only the frames of AMQP 1.0 (2.3), and to which transfer
/// (2.7.5) a disposition (2.7.6) belongs. It serves one connection at a time.
/// </summary>
public sealed class BrokerWire : TcpWire
{
    /// <summary>A message that contains this is refused while <see cref="Refuses"/>.</summary>
    public const string Marker = "to be refused";

    private readonly HashSet<uint> _marked = [];
    private byte[]? _lastWord;
    private bool _releasesNext;
    private int _releases;
    private int _kept;
    private Pause? _pause;
    private int _transfers;

    public BrokerWire(string broker)
        : this(new Uri(broker))
    {
    }

    private BrokerWire(Uri broker)
        : base(broker.Host, broker.Port) => Address = Reroute(broker.AbsoluteUri);

    /// <summary>The address for the service.</summary>
    public string Address { get; }

    public bool Refuses { get; set; } = true;

    /// <summary>Ends the link over a marked message, instead of refusing it. RabbitMQ, for example, ends the session.</summary>
    public bool EndsLinkInstead { get; set; }

    /// <summary>Keeps the broker's acceptances back, as a slow broker would.</summary>
    public bool KeepsAcceptances { get; set; }

    /// <summary>Number of the broker's answers that were kept back.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>Gives all messages back (3.4.4), as a broker does that has no room.</summary>
    public bool ReleasesAll { get; set; }

    /// <summary>Number of messages that the service has sent so far.</summary>
    public int Transfers => Volatile.Read(ref _transfers);

    /// <summary>Number of dispositions by which <see cref="ReleasesAll"/> has given messages back.</summary>
    public int Releases => Volatile.Read(ref _releases);

    /// <summary>
    /// The broker detaches the link with an error (2.7.7), instead of its next acceptance. So messages are in flight then.
    /// </summary>
    public void DetachLink() => Volatile.Write(ref _lastWord, Frames.Detach("amqp:precondition-failed", "the test ends the link"));

    /// <summary>
    /// The broker closes the connection with an error (2.7.9), instead of its next acceptance. So messages are in flight then.
    /// </summary>
    public void CloseConnection() =>
        Volatile.Write(ref _lastWord, Frames.Close("amqp:precondition-failed", "the test ends the connection"));

    /// <summary>The broker gives the next message back (3.4.4), instead of accepting it. It has nothing against the message.</summary>
    public void ReleaseNext() => Volatile.Write(ref _releasesNext, true);

    /// <summary>
    /// The broker pauses before its next acceptance. After <see cref="ReleaseNext"/>, that is the one behind the released message.
    /// </summary>
    public void PauseNext(TimeSpan length) => Volatile.Write(ref _pause, new(length));

    protected override Pump PumpRequests() => (from, to, end) => PumpFramesAsync(from, to, frame => to.WriteAsync(OnSent(frame), end), end);

    protected override Pump PumpAnswers() => (from, to, end) => PumpFramesAsync(from, to, frame => OnAnsweredAsync(frame, to, end), end);

    /// <summary>Reads frame after frame. <paramref name="pass"/> sends each on.</summary>
    private static async Task PumpFramesAsync(NetworkStream from, NetworkStream to, Func<byte[], ValueTask> pass, CancellationToken end)
    {
        var head = new byte[8];
        while (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, end) == head.Length)
        {
            // A protocol header (2.2) has eight bytes and no size.
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
                // The next connection starts its ids over.
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

        if (ReleasesAll)
        {
            Interlocked.Increment(ref _releases);
            for (; range.First <= range.Last; range.First++)
            {
                await to.WriteAsync(Frames.Released(frame, range.First), end);
            }

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
            // On the channel of the frame that it replaces.
            frame.AsSpan(6, 2).CopyTo(lastWord.AsSpan(6));
            return lastWord;
        }

        if (KeepsAcceptances)
        {
            Interlocked.Increment(ref _kept);
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
