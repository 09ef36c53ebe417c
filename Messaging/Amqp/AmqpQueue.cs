using Amqp.Types;

namespace Messaging.Amqp;

/// <summary>
/// A durable, point-to-point queue as the terminus of a link. Both ends say so, because Artemis creates a missing address for whoever comes
/// first. Without the capability it would be a multicast address, which accepts messages and drops those that nobody listens to.
/// </summary>
internal static class AmqpQueue
{
    /// <summary>
    /// <c>unsettled-state</c>: the terminus outlives the link (specification 3.5.5). Otherwise RabbitMQ would redeclare the queue.
    /// </summary>
    private const uint Durable = 2;

    private static readonly Symbol[] QueueCapability = [new Symbol("queue")];

    public static Target Target(string queue) => new() { Address = queue, Durable = Durable, Capabilities = QueueCapability };

    public static Source Source(string queue) => new() { Address = queue, Durable = Durable, Capabilities = QueueCapability };
}
