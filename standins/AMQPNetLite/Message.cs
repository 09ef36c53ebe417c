using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>A message (3.2): sections of which each may be absent.</summary>
public partial class Message : ICallback
{
    /// <summary>How the message is to be transported.</summary>
    public Header Header;

    /// <summary>Annotations for the next hop.</summary>
    public DeliveryAnnotations DeliveryAnnotations;

    /// <summary>Annotations that travel with the message.</summary>
    public MessageAnnotations MessageAnnotations;

    /// <summary>The properties that the specification names.</summary>
    public Properties Properties;

    /// <summary>The application's own properties.</summary>
    public ApplicationProperties ApplicationProperties;

    /// <summary>The body: <see cref="Data"/>, <see cref="DataList"/>, <see cref="AmqpValue"/> or <see cref="AmqpSequence"/>.</summary>
    public RestrictedDescribed BodySection;

    /// <summary>Details that can only be known after the body.</summary>
    public Footer Footer;

    internal static readonly Accepted AcceptedState = new();

    /// <summary>A message without sections.</summary>
    public Message()
    {
    }

    /// <summary>A message with one value as its body.</summary>
    public Message(object body) => BodySection = new AmqpValue { Value = body };

    /// <summary>What the body holds: a value, bytes, or a list.</summary>
    public object Body => BodySection switch
    {
        AmqpValue value => value.Value,
        Data data => data.Binary,
        AmqpSequence sequence => sequence.List,
        var other => other,
    };

    /// <summary>The tag that the sender gave to the delivery of a received message.</summary>
    public byte[] DeliveryTag { get; internal set; }

    /// <summary>The format of the message; 0 is the one that the specification defines.</summary>
    public uint Format { get; set; }

    internal OutgoingDelivery Outgoing { get; set; }

    internal ReceiverLink Receiver { get; set; }

    internal uint DeliveryId { get; set; }

    /// <summary>Whether the delivery of a received message is settled.</summary>
    internal bool IsSettled { get; set; }

    /// <summary>Whether it was sent settled: nobody is going to settle it here.</summary>
    internal bool IsPresettled { get; set; }

    void ICallback.Run() => Receiver.Dispatch(this);
}
