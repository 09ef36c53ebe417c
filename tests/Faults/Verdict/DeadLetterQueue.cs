using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Faults.Running;

namespace Faults.Verdict;

/// <summary>The broker's own dead letters. Artemis has a queue for them, RabbitMQ none.</summary>
internal static class DeadLetterQueue
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<string>> ProblemsAsync(DemoSystem system)
    {
        if (!Servers.BrokerIsArtemis)
        {
            return [];
        }

        var connection = await new ConnectionFactory().CreateAsync(new Address(system.BrokerAddress));
        try
        {
            var source = new Source { Address = "DLQ", Durable = 2, Capabilities = [new Symbol("queue")] };
            var receiver = new ReceiverLink(new Session(connection), "dead-letters", source, null);
            return await receiver.ReceiveAsync(Patience) is { } message
                ? [string.Create(CultureInfo.InvariantCulture, $"The broker's DLQ has message {message.Properties?.MessageId}.")]
                : [];
        }
        finally
        {
            await connection.CloseAsync();
        }
    }
}
