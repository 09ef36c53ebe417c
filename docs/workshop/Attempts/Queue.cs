using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Attempts;

/// <summary>The broker, the queue of an attempt, and its messages. The id of a message is the number of its item.</summary>
internal static class Queue
{
    /// <summary>How long a receiver waits for another message before it takes the queue for empty.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A durable queue, on both ends: see Messaging/Amqp/AmqpQueue.cs.
    private const uint Durable = 2;

    public static async Task<Connection> ConnectAsync() =>
        await new ConnectionFactory().CreateAsync(new Address(Surroundings.ConnectionString("artemis")));

    public static SenderLink Sender(Connection connection, string queue) =>
        new(new Session(connection), "attempt", new Target { Address = queue, Durable = Durable, Capabilities = Capabilities }, null);

    public static ReceiverLink Receiver(Connection connection, string queue) =>
        new(new Session(connection), "attempt", new Source { Address = queue, Durable = Durable, Capabilities = Capabilities }, null);

    public static Message Message(int item) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties { MessageId = item.ToString(CultureInfo.InvariantCulture) },
    };

    public static int ItemOf(Message message) => int.Parse(message.Properties.MessageId, CultureInfo.InvariantCulture);

    private static Symbol[] Capabilities => [new("queue")];
}
