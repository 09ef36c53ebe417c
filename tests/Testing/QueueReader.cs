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

    /// <summary>
    /// Reads until <paramref name="count"/> different messages have come.
    /// </summary>
    /// <returns>The versions of each aggregate, in the order in which they came for the first time.</returns>
    public static async Task<IReadOnlyDictionary<string, List<long>>> FirstAppearancesAsync(
        Infrastructure infrastructure, string queue, int count)
    {
        var connection = await infrastructure.ConnectAsync();
        try
        {
            return await FirstAppearancesAsync(connection, queue, count);
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    /// <summary>Reads messages, duplicates too.</summary>
    /// <returns>The id of each, in the order in which they came.</returns>
    public static async Task<IReadOnlyList<string>> IdsAsync(Infrastructure infrastructure, string queue, int count) =>
        [.. (await MessagesAsync(infrastructure, queue, count)).Select(message => message.Properties.MessageId)];

    /// <summary>Reads messages, duplicates too, in the order in which they come.</summary>
    public static async Task<IReadOnlyList<Message>> MessagesAsync(Infrastructure infrastructure, string queue, int count)
    {
        var connection = await infrastructure.ConnectAsync();
        try
        {
            var receiver = Attach(connection, queue);
            var messages = new List<Message>();
            while (messages.Count < count)
            {
                var message = await receiver.ReceiveAsync(Patience);
                Assert.True(
                    message is not null, string.Create(CultureInfo.InvariantCulture, $"Only {messages.Count} of {count} messages came."));
                receiver.Accept(message);
                messages.Add(message);
            }

            return messages;
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    private static ReceiverLink Attach(Connection connection, string queue)
    {
        var source = new Source { Address = queue, Durable = 2, Capabilities = [new Symbol("queue")] };
        var receiver = new ReceiverLink(new Session(connection), $"read-{Guid.NewGuid():N}", source, null);
        receiver.SetCredit(500);
        return receiver;
    }

    private static async Task<IReadOnlyDictionary<string, List<long>>> FirstAppearancesAsync(Connection connection, string queue, int count)
    {
        var receiver = Attach(connection, queue);
        var seen = new HashSet<string>();
        var appearances = new Dictionary<string, List<long>>();
        while (seen.Count < count)
        {
            var message = await receiver.ReceiveAsync(Patience);
            Assert.True(message is not null, string.Create(CultureInfo.InvariantCulture, $"Only {seen.Count} of {count} messages came."));
            receiver.Accept(message);
            if (seen.Add(message.Properties.MessageId))
            {
                if (!appearances.TryGetValue(message.Properties.GroupId, out var versions))
                {
                    appearances[message.Properties.GroupId] = versions = [];
                }

                versions.Add((long)message.ApplicationProperties["aggregate-version"]);
            }
        }

        return appearances;
    }
}
