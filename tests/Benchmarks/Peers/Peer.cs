using Benchmarks.EndToEnd;

namespace Benchmarks.Peers;

/// <summary>A system that takes part, and what it promises. Only systems with the same promises do the same work.</summary>
/// <param name="Programs">Its programs.</param>
/// <param name="WarmUpBatch">Messages at once while it warms up. Fewer for one that would need minutes.</param>
/// <param name="Guarantees">What it promises when it is set up like this.</param>
internal sealed record Peer(Contender Programs, int WarmUpBatch, string Guarantees)
{
    private const int Usual = 2_000;

    private static readonly Peer Ours = new(
        Contender.Ours,
        Usual,
        "Nothing is lost: a message is marked after the broker has accepted it. Applied once, as long as inbox rows are kept (7 days). "
        + "Changes of an entity are published one after the other, and applied in the order of their commits.");

    private static readonly Peer OursOneByOne = new(
        Contender.Ours with { Name = "OutboxDemo, one message per transaction", ReceiverSettings = ["Inbox:BatchSize=1"] },
        Usual,
        "The same. Every message is a transaction of its own, as with the peers, so the order of all messages can be seen.");

    private static readonly Peer Classic = new(
        new("classic loop", "Peers", "Peers", ["Peer=classic-sender"], ["Peer=classic-receiver"]),
        WarmUpBatch: 50,
        "Nothing is lost. Applied once. The order of the commits is kept, as there is one loop and one consumer: a second instance of "
        + "the sender would publish everything twice. At most 50 messages in 5 seconds.");

    private static readonly Peer Wolverine = new(
        new("Wolverine", "Peers", "Peers", ["Peer=wolverine-sender"], ["Peer=wolverine-receiver"]),
        Usual,
        "A crash of its processes loses nothing. A crash of the broker may, because publisher confirms are off by default. Applied once, "
        + "as long as handled envelopes are kept (5 minutes). No order is promised.");

    private static readonly Peer WolverinePartitioned = Wolverine with
    {
        Programs = Wolverine.Programs with
        {
            Name = "Wolverine, partitioned",
            ReceiverSettings = [.. Wolverine.Programs.ReceiverSettings, "Ordered=true"],
        },
        Guarantees = "The same. The messages of one entity are handled one after the other, in the order in which they arrive.",
    };

    /// <summary>Those that can use this broker. Artemis speaks AMQP 1.0, and Wolverine's transport for RabbitMQ does not.</summary>
    public static IReadOnlyList<Peer> For(bool isRabbitMq) =>
        isRabbitMq ? [Ours, OursOneByOne, Classic, Wolverine, WolverinePartitioned] : [Ours, OursOneByOne, Classic];
}
