namespace AppHost.Workshop;

/// <summary>Something that can happen in the workshop.</summary>
/// <param name="Sentence">One plain sentence. {0} is what it happened to.</param>
/// <param name="File">The file of the code that is responsible, in the repository.</param>
/// <param name="Code">The line of it, or a part of it.</param>
internal sealed record Happening(string Sentence, string File, string Code);

/// <summary>What just happened, newest last. It is short: the page is no log.</summary>
internal sealed class Story(TimeProvider time)
{
    private const int Kept = 40;
    private const string Relay = "Messaging/Outbox/Relay/";
    private const string Consuming = "Messaging/Inbox/Consuming/";

    public static readonly Happening Posted = new(
        "{0}: each entity was committed together with its outbox message.",
        "SenderService/EntityItems/EntityItemEndpoints.cs", "outbox.Add(item.Id, item.Version, new EntityItemCreated(");

    public static readonly Happening Updated = new(
        "{0}: the relay sends version after version, and never two of one entity at once.",
        $"{Relay}AggregateLanes.cs", "class AggregateLanes");

    public static readonly Happening NotPosted = new(
        "{0} acknowledged: the client was promised nothing, and may try again with the same Idempotency-Key.",
        "SenderService/Idempotency/IdempotencyStore.cs", "SaveOnceAsync");

    public static readonly Happening Poison = new(
        "A message that is no event was put on the queue: the receiver keeps it as a dead letter, with the reason, and goes on.",
        $"{Consuming}InboxTransaction.cs", "context.DeadLetters.AddRange");

    public static readonly Happening Refused = new(
        "An event with headers of a megabyte was stored: the broker refuses it, and after eight attempts it waits for an operator.",
        $"{Relay}OutboxMarker.cs", "class OutboxMarker");

    public static readonly Happening Duplicate = new(
        "{0} was put on the queue once more, with another body: the inbox knows its id, so it has no effect.",
        $"{Consuming}InboxTransaction.cs", "ON CONFLICT DO NOTHING");

    public static readonly Happening Outage = new(
        "The broker goes away for 20 s: posts are still answered, and the outbox fills.",
        $"{Relay}OutboxRelay.cs", "class OutboxRelay");

    public static readonly Happening Paused = new(
        "{0} stands still, as if its machine were frozen: its connections stay open, and it answers nothing.",
        $"{Relay}OutboxSession.cs", "SET idle_session_timeout");

    public static readonly Happening Continued = new(
        "{0} continues, and does not know how long it stood still.",
        "Messaging/Outbox/Sharing/PartitionShare.cs", "class PartitionShare");

    public static readonly Happening Complete = new(
        "All is there: the receiver's API shows every acknowledged change, {0}.",
        "ReceiverService/EntityItems/EntityItemProjection.cs", "WHERE known.version < excluded.version");

    private readonly Lock _gate = new();
    private readonly Queue<object> _entries = new();
    private int _number;

    /// <summary>The last things that happened.</summary>
    public object[] Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    public void Tell(Happening happening, string what = "")
    {
        lock (_gate)
        {
            _entries.Enqueue(new
            {
                number = ++_number,
                at = time.GetUtcNow(),
                text = string.Format(System.Globalization.CultureInfo.InvariantCulture, happening.Sentence, what),
                file = happening.File,
                line = SourceCode.LineOf(happening),
            });
            if (_entries.Count > Kept)
            {
                _entries.Dequeue();
            }
        }
    }

    /// <summary>A part of this role has ended.</summary>
    public static Happening Ended(string role) => role switch
    {
        "sender" => new(
            "{0} has ended: what it had committed is in the outbox, and the other relays take its partitions, or it continues itself.",
            "Messaging/Outbox/Sharing/OutboxLocks.cs", "public const string Join"),
        "receiver" => new(
            "{0} has ended: what it had not accepted goes back to the queue, and comes again.",
            $"{Consuming}InboxConsumer.cs", "// A crash here means: committed and not accepted"),
        "broker" => new(
            "{0} is away: nobody loses anything, the relays wait and count no attempt.",
            $"{Relay}OutboxDelivery.cs", "OutageConditions ="),
        _ => new(
            "{0} is away: requests are answered with 503, and messages wait where they are.",
            "ServiceDefaults/Api/DatabaseOutages.cs", "class DatabaseOutages"),
    };

    /// <summary>A part of this role runs again.</summary>
    public static Happening Started(string role) => role switch
    {
        "sender" => new(
            "{0} runs: its relay joins the others and takes its share of the 16 partitions.",
            "Messaging/Outbox/Sharing/PartitionShare.cs", "public async Task<bool> BalanceAsync"),
        "receiver" => new(
            "{0} runs: it takes what waits in the queue, up to 500 messages in one transaction.",
            $"{Consuming}InboxConsumer.cs", "private ArraySegment<IncomingMessage> TakeBatch"),
        "broker" => new(
            "{0} runs: the relays connect by themselves, and send what has waited.",
            "Messaging/Amqp/AmqpConnection.cs", "class AmqpConnection"),
        _ => new(
            "{0} runs: the services connect by themselves.",
            "ServiceDefaults/Resilience/ResilientService.cs", "class ResilientService"),
    };
}
