using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>The sections of a message as bytes, in the order that the specification gives them (3.2).</summary>
public partial class Message
{
    private const int KeptCapacity = 64 * 1024;

    /// <summary>A message has a body, whatever it is (3.2); the package sends a null for one that was given none.</summary>
    private static readonly AmqpValue NoBody = new();

    [ThreadStatic]
    private static ByteBuffer t_encoded;

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
        (BodySection ?? NoBody).Encode(buffer);
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
