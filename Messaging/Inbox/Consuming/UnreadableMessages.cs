using System.Security.Cryptography;

namespace Messaging.Inbox.Consuming;

/// <summary>
/// Remembers on how many links a message could not be read, because a delivery may be damaged although its message is not. When Artemis
/// takes messages back from a connection that has ended, two of its threads may write them to a new link at once (seen with 2.56). Then one
/// delivery is empty and another one has two bodies. To accept them would lose both messages.
/// </summary>
internal sealed class UnreadableMessages(IOptions<InboxOptions> options, TimeProvider time)
{
    /// <summary>What another instance has taken, or what was damaged, does not come again.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Links, long LastSeen)> _messages = [];
    private readonly HashSet<string> _ofThisLink = [];

    /// <summary>A link begins. Each message is counted once per link.</summary>
    public void BeginLink()
    {
        lock (_lock)
        {
            _ofThisLink.Clear();
            foreach (var (hash, (_, lastSeen)) in _messages)
            {
                if (time.GetElapsedTime(lastSeen) > Kept)
                {
                    _messages.Remove(hash);
                }
            }
        }
    }

    /// <summary>Notes a message that cannot be read.</summary>
    /// <returns>True if it has come on <see cref="InboxOptions.Attempts"/> links, with this one. So it is no damaged delivery.</returns>
    public bool HasComeOften(IncomingMessage message)
    {
        var hash = HashOf(message);
        lock (_lock)
        {
            var links = _messages.GetValueOrDefault(hash).Links + (_ofThisLink.Add(hash) ? 1 : 0);
            _messages[hash] = (links, time.GetTimestamp());
            return links >= options.Value.Attempts;
        }
    }

    /// <summary>Forgets messages that are dead letters now.</summary>
    public void Forget(IEnumerable<IncomingMessage> messages)
    {
        foreach (var message in messages)
        {
            lock (_lock)
            {
                _messages.Remove(HashOf(message));
            }
        }
    }

    /// <summary>Of the bare message, which brokers do not change (specification 3.2). They do change the header.</summary>
    private static string HashOf(IncomingMessage message) => Convert.ToHexString(SHA256.HashData(DeadLetter.Encode(new()
    {
        Properties = message.Delivery.Properties,
        ApplicationProperties = message.Delivery.ApplicationProperties,
        BodySection = message.Delivery.BodySection,
    })));
}
