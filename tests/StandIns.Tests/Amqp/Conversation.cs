using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>A client and its peer, brought to the point where a test begins.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private const bool Sends = false;
    private const bool Receives = true;

    private Conversation(Peer peer, Connection connection)
    {
        Peer = peer;
        Connection = connection;
        connection.AddClosedCallback((_, error) => ConnectionClosed.SetResult(error));
    }

    public Peer Peer { get; }

    public Connection Connection { get; }

    public Session Session { get; private set; } = null!;

    public TaskCompletionSource<Error?> ConnectionClosed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An open connection. The peer's open can be given, as can the client's settings.</summary>
    public static async Task<Conversation> OpenAsync(object?[]? open = null, Action<ConnectionFactory>? configure = null)
    {
        var peer = new Peer();
        var factory = new ConnectionFactory();
        configure?.Invoke(factory);
        var connecting = factory.CreateAsync(peer.Address());
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(0, "ANONYMOUS");
        await peer.ReadOpenAsync();
        await peer.SendAsync(0, Code.Open, open ?? ["peer"]);
        return new Conversation(peer, await connecting.InTime());
    }

    /// <summary>A session with the windows that a test wants.</summary>
    public static async Task<Conversation> BeginAsync(
        uint incomingWindow = 1000, object?[]? open = null, Begin? begin = null, Action<ConnectionFactory>? configure = null)
    {
        var conversation = await OpenAsync(open, configure);
        await conversation.BeginAsync(answer: true, incomingWindow, begin);
        return conversation;
    }

    /// <summary>A session that the peer answers, or not yet.</summary>
    public async Task BeginAsync(bool answer, uint incomingWindow = 1000, Begin? begin = null)
    {
        Session = new Session(Connection, begin ?? new Begin(), null);
        await Peer.ExpectAsync(Code.Begin);
        if (answer)
        {
            await Peer.SendAsync(0, Code.Begin, [(ushort)0, 0u, incomingWindow, 1000u]);
        }
    }

    /// <summary>A sender, attached, with credit.</summary>
    public async Task<SenderLink> AttachSenderAsync(uint credit = 100, string name = "sender", uint incomingWindow = 1000, uint handle = 0)
    {
        var sender = new SenderLink(Session, name, "queue");
        await Peer.ExpectAsync(Code.Attach);
        await Peer.SendAsync(0, Code.Attach, [name, handle, Receives, null, null, new Source(), new Target { Address = "queue" }]);
        await GiveCreditAsync(credit, incomingWindow: incomingWindow, handle: handle);
        return sender;
    }

    /// <summary>A flow for a sender of the client.</summary>
    public Task GiveCreditAsync(
        uint credit, uint deliveryCount = 0, uint nextIncomingId = 0, uint incomingWindow = 1000, bool drain = false, uint handle = 0) =>
        Peer.SendAsync(0, Code.Flow, [nextIncomingId, incomingWindow, 0u, 1000u, handle, deliveryCount, credit, null, drain]);

    /// <summary>A receiver, attached.</summary>
    public async Task<ReceiverLink> AttachReceiverAsync(Attach? attach = null)
    {
        var receiver = attach is null
            ? new ReceiverLink(Session, "receiver", "queue")
            : new ReceiverLink(Session, "receiver", attach, null);
        await Peer.ExpectAsync(Code.Attach);
        await Peer.SendAsync(0, Code.Attach, ["receiver", 0u, Sends, null, null, new Source { Address = "queue" }, new Target(), null, null, 0u]);
        return receiver;
    }

    /// <summary>A transfer to the client.</summary>
    public Task TransferAsync(uint? deliveryId, byte[] payload, bool more = false, bool settled = false, bool aborted = false)
    {
        var tag = deliveryId is { } id ? BitConverter.GetBytes(id) : null;
        return Peer.SendAsync(0, Code.Transfer, [0u, deliveryId, tag, 0u, settled, more, null, null, null, aborted], payload);
    }

    /// <summary>A receiver's disposition for the client's deliveries.</summary>
    public Task SettleAsync(uint first, uint last, DeliveryState? state, bool settled = true) =>
        Peer.SendAsync(0, Code.Disposition, [Receives, first, last, settled, state]);

    public async ValueTask DisposeAsync()
    {
        Connection.Close(TimeSpan.Zero, null);
        await Peer.DisposeAsync();
    }
}
