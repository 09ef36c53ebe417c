using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Xunit;

namespace Testing;

/// <summary>Reads a queue, to see which messages came in which order.</summary>
public static class QueueReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Reads until <paramref name="count"/> different messages have come.</summary>
    /// <returns>The versions of each aggregate, in the order in which they came for the first time.</returns>
    public static async Task<IReadOnlyDictionary<string, List<long>>> FirstAppearancesAsync(
        Infrastructure infrastructure, string queue, int count)
    {
        var seen = new HashSet<string>();
        var messages = await ReadAsync(infrastructure, queue, count, message => seen.Add(message.Properties.MessageId), Patience);
        return messages
            .GroupBy(message => message.Properties.GroupId, message => (long)message.ApplicationProperties["aggregate-version"])
            .ToDictionary(aggregate => aggregate.Key, aggregate => aggregate.ToList());
    }

    /// <summary>Reads messages, duplicates too.</summary>
    /// <returns>The id of each, in the order in which they came.</returns>
    public static async Task<IReadOnlyList<string>> IdsAsync(Infrastructure infrastructure, string queue, int count) =>
        [.. (await MessagesAsync(infrastructure, queue, count)).Select(message => message.Properties.MessageId)];

    /// <summary>Reads messages, duplicates too, in the order in which they come.</summary>
    /// <param name="infrastructure">Has the broker.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="count">Number of messages.</param>
    /// <param name="patience">How long to wait for each. Defaults to a minute.</param>
    public static Task<IReadOnlyList<Message>> MessagesAsync(
        Infrastructure infrastructure, string queue, int count, TimeSpan? patience = null) =>
        ReadAsync(infrastructure, queue, count, _ => true, patience ?? Patience);

    /// <summary>Reads and accepts messages until enough of them count.</summary>
    /// <returns>Those that count.</returns>
    private static async Task<IReadOnlyList<Message>> ReadAsync(
        Infrastructure infrastructure, string queue, int count, Predicate<Message> counts, TimeSpan patience)
    {
        var connection = await infrastructure.ConnectAsync();
        try
        {
            var source = new Source { Address = queue, Durable = 2, Capabilities = [new Symbol("queue")] };
            var receiver = new ReceiverLink(new Session(connection), $"read-{Guid.NewGuid():N}", source, null);
            receiver.SetCredit(500);
            var messages = new List<Message>();
            while (messages.Count < count)
            {
                var message = await receiver.ReceiveAsync(patience);
                Assert.True(
                    message is not null, string.Create(CultureInfo.InvariantCulture, $"Only {messages.Count} of {count} messages came."));
                receiver.Accept(message);
                if (counts(message))
                {
                    messages.Add(message);
                }
            }

            return messages;
        }
        finally
        {
            await connection.CloseAsync();
        }
    }
}
