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

    private static async Task<IReadOnlyDictionary<string, List<long>>> FirstAppearancesAsync(Connection connection, string queue, int count)
    {
        var source = new Source { Address = queue, Durable = 2, Capabilities = [new Symbol("queue")] };
        var receiver = new ReceiverLink(new Session(connection), $"read-{Guid.NewGuid():N}", source, null);
        receiver.SetCredit(500);
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
