using Amqp.Framing;
using Amqp.Types;

namespace ServiceDefaults.Amqp;

/// <summary>
/// A durable, point-to-point queue as the end of a link. Both ends say so, whoever comes first: Artemis creates an address that is not
/// there
/// yet for the first link, and without the capability as multicast, which accepts messages and drops those that nobody listens to.
/// </summary>
internal static class AmqpQueue
{
    /// <summary><c>unsettled-state</c>: the terminus outlives the link (specification 3.5.5). RabbitMQ would redeclare the queue
    /// otherwise.</summary>
    private const uint Durable = 2;

    private static readonly Symbol[] QueueCapability = [new Symbol("queue")];

    public static Target Target(string queue) => new() { Address = queue, Durable = Durable, Capabilities = QueueCapability };

    public static Source Source(string queue) => new() { Address = queue, Durable = Durable, Capabilities = QueueCapability };
}
