using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The numbers and names of the composite types that this library speaks (2.7, 2.8, 3.2, 3.4, 3.5, 5.3.3).</summary>
internal static class Descriptors
{
    public static readonly Descriptor Open = new(0x10, "amqp:open:list");
    public static readonly Descriptor Begin = new(0x11, "amqp:begin:list");
    public static readonly Descriptor Attach = new(0x12, "amqp:attach:list");
    public static readonly Descriptor Flow = new(0x13, "amqp:flow:list");
    public static readonly Descriptor Transfer = new(0x14, "amqp:transfer:list");
    public static readonly Descriptor Disposition = new(0x15, "amqp:disposition:list");
    public static readonly Descriptor Detach = new(0x16, "amqp:detach:list");
    public static readonly Descriptor End = new(0x17, "amqp:end:list");
    public static readonly Descriptor Close = new(0x18, "amqp:close:list");
    public static readonly Descriptor Error = new(0x1d, "amqp:error:list");
    public static readonly Descriptor Received = new(0x23, "amqp:received:list");
    public static readonly Descriptor Accepted = new(0x24, "amqp:accepted:list");
    public static readonly Descriptor Rejected = new(0x25, "amqp:rejected:list");
    public static readonly Descriptor Released = new(0x26, "amqp:released:list");
    public static readonly Descriptor Modified = new(0x27, "amqp:modified:list");
    public static readonly Descriptor Source = new(0x28, "amqp:source:list");
    public static readonly Descriptor Target = new(0x29, "amqp:target:list");
    public static readonly Descriptor SaslMechanisms = new(0x40, "amqp:sasl-mechanisms:list");
    public static readonly Descriptor SaslInit = new(0x41, "amqp:sasl-init:list");
    public static readonly Descriptor SaslChallenge = new(0x42, "amqp:sasl-challenge:list");
    public static readonly Descriptor SaslResponse = new(0x43, "amqp:sasl-response:list");
    public static readonly Descriptor SaslOutcome = new(0x44, "amqp:sasl-outcome:list");
    public static readonly Descriptor Header = new(0x70, "amqp:header:list");
    public static readonly Descriptor DeliveryAnnotations = new(0x71, "amqp:delivery-annotations:map");
    public static readonly Descriptor MessageAnnotations = new(0x72, "amqp:message-annotations:map");
    public static readonly Descriptor Properties = new(0x73, "amqp:properties:list");
    public static readonly Descriptor ApplicationProperties = new(0x74, "amqp:application-properties:map");
    public static readonly Descriptor Data = new(0x75, "amqp:data:binary");
    public static readonly Descriptor AmqpSequence = new(0x76, "amqp:amqp-sequence:list");
    public static readonly Descriptor AmqpValue = new(0x77, "amqp:amqp-value:*");
    public static readonly Descriptor Footer = new(0x78, "amqp:footer:map");

    private static readonly Dictionary<string, ulong> Numbers = new Descriptor[]
    {
        Open, Begin, Attach, Flow, Transfer, Disposition, Detach, End, Close, Error, Received, Accepted, Rejected, Released, Modified,
        Source, Target, SaslMechanisms, SaslInit, SaslChallenge, SaslResponse, SaslOutcome, Header, DeliveryAnnotations,
        MessageAnnotations, Properties, ApplicationProperties, Data, AmqpSequence, AmqpValue, Footer,
    }.ToDictionary(descriptor => descriptor.Name, descriptor => descriptor.Code);

    /// <summary>A peer may send the name of a type in place of its number (1.4).</summary>
    public static bool TryGetNumber(string name, out ulong number) => Numbers.TryGetValue(name, out number);

    /// <summary>
    /// An empty value of the types that occur inside of fields: termini, delivery states, errors. Null of any other number, which is then
    /// read as a <see cref="DescribedValue"/>: filters, a coordinator, what an application sends.
    /// </summary>
    public static RestrictedDescribed Create(ulong number) => number switch
    {
        0x1d => new Error(),
        0x23 => new Received(),
        0x24 => new Accepted(),
        0x25 => new Rejected(),
        0x26 => new Released(),
        0x27 => new Modified(),
        0x28 => new Source(),
        0x29 => new Target(),
        _ => null,
    };
}
