using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>A message (3.2): sections of which each may be absent.</summary>
public class Message : ICallback
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

    private const int KeptCapacity = 64 * 1024;

    [ThreadStatic]
    private static ByteBuffer t_encoded;

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

    internal static Message Decode(ReadOnlySpan<byte> bytes)
    {
        var message = new Message();
        var reader = new AmqpReader(bytes);
        while (!reader.AtEnd)
        {
            message.ReadSection(ref reader);
        }

        return message;
    }

    internal void Encode(ByteBuffer buffer)
    {
        Header?.Encode(buffer);
        DeliveryAnnotations?.Encode(buffer);
        MessageAnnotations?.Encode(buffer);
        Properties?.Encode(buffer);
        ApplicationProperties?.Encode(buffer);
        BodySection?.Encode(buffer);
        Footer?.Encode(buffer);
    }

    /// <summary>Encodes the message into a buffer that this thread uses again for the next one.</summary>
    internal ByteBuffer EncodeForSending()
    {
        if (t_encoded is null || t_encoded.Capacity > KeptCapacity)
        {
            t_encoded = new ByteBuffer(4 * 1024);
        }

        t_encoded.Clear();
        Encode(t_encoded);
        return t_encoded;
    }

    void ICallback.Run() => Receiver.Dispatch(this);

    private static T Read<T>(ref AmqpReader reader)
        where T : RestrictedDescribed, new()
    {
        var section = new T();
        section.DecodeValue(ref reader);
        return section;
    }

    private void ReadSection(ref AmqpReader reader)
    {
        switch (reader.ReadDescriptor())
        {
            case 0x70: Header = Read<Header>(ref reader); break;
            case 0x71: DeliveryAnnotations = Read<DeliveryAnnotations>(ref reader); break;
            case 0x72: MessageAnnotations = Read<MessageAnnotations>(ref reader); break;
            case 0x73: Properties = Read<Properties>(ref reader); break;
            case 0x74: ApplicationProperties = Read<ApplicationProperties>(ref reader); break;
            case 0x75: AddData(Read<Data>(ref reader)); break;
            case 0x76: AddSequence(Read<AmqpSequence>(ref reader)); break;
            case 0x77: BodySection = Read<AmqpValue>(ref reader); break;
            case 0x78: Footer = Read<Footer>(ref reader); break;
            case var number: throw AmqpReader.Malformed($"A message has a section 0x{number:x2}.");
        }
    }

    private void AddData(Data data)
    {
        switch (BodySection)
        {
            case Data first:
                var sections = new DataList();
                sections.Add(first);
                sections.Add(data);
                BodySection = sections;
                break;
            case DataList list: list.Add(data); break;
            default: BodySection = data; break;
        }
    }

    /// <summary>Several sequences are one that was sent in pieces (3.2.7).</summary>
    private void AddSequence(AmqpSequence sequence)
    {
        if (BodySection is AmqpSequence first)
        {
            foreach (var item in sequence.List)
            {
                first.List.Add(item);
            }
        }
        else
        {
            BodySection = sequence;
        }
    }
}
