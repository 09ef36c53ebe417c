namespace AppHost.Workshop;

/// <summary>Something that can happen in the workshop.</summary>
/// <param name="Sentence">One plain sentence. {0} is what it happened to.</param>
/// <param name="File">The file of the code that is responsible, in the repository.</param>
/// <param name="Code">The line of it, or a part of it.</param>
/// <param name="Exercise">The number of the exercise in docs/workshop.</param>
internal sealed record Happening(string Sentence, string File, string Code, int Exercise);

/// <summary>All that can happen.</summary>
internal static class Happenings
{
    private const string Relay = "Messaging/Outbox/Relay/";
    private const string Consuming = "Messaging/Inbox/Consuming/";

    public static readonly Happening Posted = new(
        "{0}: each entity was committed together with its outbox message.",
        "SenderService/EntityItems/EntityItemEndpoints.cs", "outbox.Add(item.Id, item.Version, new EntityItemCreated(", 2);

    public static readonly Happening Updated = new(
        "{0}: the relay sends version after version, and never two of one entity at once.",
        $"{Relay}AggregateLanes.cs", "class AggregateLanes", 4);

    public static readonly Happening NotPosted = new(
        "{0} acknowledged: the client was promised nothing, and may try again with the same Idempotency-Key.",
        "SenderService/Idempotency/IdempotencyStore.cs", "SaveOnceAsync", 2);

    public static readonly Happening Poison = new(
        "A message that is no event was put on the queue: the receiver keeps it as a dead letter, with the reason, and goes on.",
        $"{Consuming}InboxTransaction.cs", "context.DeadLetters.AddRange", 5);

    public static readonly Happening Refused = new(
        "An event with headers of a megabyte was stored: the broker refuses it, and after eight attempts it waits for an operator.",
        $"{Relay}OutboxMarker.cs", "class OutboxMarker", 5);

    public static readonly Happening Duplicate = new(
        "{0} was put on the queue once more, with another body: the inbox knows its id, so it has no effect.",
        $"{Consuming}InboxTransaction.cs", "ON CONFLICT DO NOTHING", 3);

    public static readonly Happening Outage = new(
        "The broker goes away for 20 s: posts are still answered, and the outbox fills.",
        $"{Relay}OutboxRelay.cs", "class OutboxRelay", 2);

    public static readonly Happening Paused = new(
        "{0} stands still, as if its machine were frozen: its connections stay open, and it answers nothing.",
        $"{Relay}OutboxSession.cs", "SET idle_session_timeout", 6);

    public static readonly Happening Continued = new(
        "{0} continues, and does not know how long it stood still.",
        "Messaging/Outbox/Sharing/PartitionShare.cs", "class PartitionShare", 6);

    public static readonly Happening Complete = new(
        "All is there: the receiver's API shows every acknowledged change, {0}.",
        "ReceiverService/EntityItems/EntityItemProjection.cs", "WHERE known.version < excluded.version", 3);

    /// <summary>A part of this role has ended.</summary>
    public static Happening Ended(string role) => role switch
    {
        "sender" => new(
            "{0} has ended: what it had committed is in the outbox, and the other relays take its partitions, or it continues itself.",
            "Messaging/Outbox/Sharing/OutboxLocks.cs", "public const string Join", 6),
        "receiver" => new(
            "{0} has ended: what it had not accepted goes back to the queue, and comes again.",
            $"{Consuming}InboxConsumer.cs", "// A crash here means: committed and not accepted", 3),
        "broker" => new(
            "{0} is away: nobody loses anything, the relays wait and count no attempt.",
            $"{Relay}OutboxDelivery.cs", "OutageConditions =", 2),
        _ => new(
            "{0} is away: requests are answered with 503, and messages wait where they are.",
            "ServiceDefaults/Api/DatabaseOutages.cs", "class DatabaseOutages", 8),
    };

    /// <summary>A part of this role runs again.</summary>
    public static Happening Started(string role) => role switch
    {
        "sender" => new(
            "{0} runs: its relay joins the others and takes its share of the 16 partitions.",
            "Messaging/Outbox/Sharing/PartitionShare.cs", "public async Task<bool> BalanceAsync", 6),
        "receiver" => new(
            "{0} runs: it takes what waits in the queue, up to 500 messages in one transaction.",
            $"{Consuming}InboxConsumer.cs", "private ArraySegment<IncomingMessage> TakeBatch", 3),
        "broker" => new(
            "{0} runs: the relays connect by themselves, and send what has waited.",
            "Messaging/Amqp/AmqpConnection.cs", "class AmqpConnection", 2),
        _ => new(
            "{0} runs: the services connect by themselves.",
            "ServiceDefaults/Resilience/ResilientService.cs", "class ResilientService", 8),
    };
}
