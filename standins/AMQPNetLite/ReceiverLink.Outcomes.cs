using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>What the application says of the messages that it has received (3.4).</summary>
public partial class ReceiverLink
{
    /// <summary>Says that a message was processed.</summary>
    /// <exception cref="AmqpException">The link is closed: the peer will deliver the message again.</exception>
    public void Accept(Message message) => Complete(message, Message.AcceptedState);

    /// <summary>Gives a message back as it was.</summary>
    /// <exception cref="AmqpException">The link is closed: the peer will deliver the message again.</exception>
    public void Release(Message message) => Complete(message, new Released());

    /// <summary>Refuses a message.</summary>
    /// <exception cref="AmqpException">The link is closed: the peer will deliver the message again.</exception>
    public void Reject(Message message, Error error = null) => Complete(message, new Rejected { Error = error });

    /// <summary>Gives a message back, changed.</summary>
    /// <exception cref="AmqpException">The link is closed: the peer will deliver the message again.</exception>
    public void Modify(Message message, bool deliveryFailed, bool undeliverableHere = false, Fields messageAnnotations = null) =>
        Complete(message, new Modified
        {
            DeliveryFailed = deliveryFailed,
            UndeliverableHere = undeliverableHere,
            MessageAnnotations = messageAnnotations,
        });

    /// <summary>Settles a message with a state. One that is settled already stays as it is.</summary>
    /// <exception cref="AmqpException">The link is closed: the peer will deliver the message again.</exception>
    public void Complete(Message message, DeliveryState deliveryState)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (Owner.Gate)
        {
            if (message.Receiver != this)
            {
                throw new ArgumentException("The message was not received on this link.", nameof(message));
            }

            if (message.IsSettled)
            {
                return;
            }

            ThrowIfClosed();
            Session.Settle(message, deliveryState, OwnAttach.RcvSettleMode == ReceiverSettleMode.First);
            OnSettled(message);
            Owner.Writer.Wake();
        }
    }
}
