namespace Amqp.Types;

/// <summary>A value with a descriptor that says what it means (1.1.2).</summary>
public abstract class Described
{
    internal Described()
    {
    }

    internal abstract void Encode(ByteBuffer buffer);
}

/// <summary>A described value (1.1.2) whose descriptor this library does not know.</summary>
public class DescribedValue : Described
{
    /// <summary>Describes <paramref name="value"/> by <paramref name="descriptor"/>, a symbol or a ulong.</summary>
    public DescribedValue(object descriptor, object value)
    {
        Descriptor = descriptor;
        Value = value;
    }

    /// <summary>Says what the value means.</summary>
    public object Descriptor { get; }

    /// <summary>The value.</summary>
    public object Value { get; }

    internal override void Encode(ByteBuffer buffer)
    {
        buffer.WriteByte(FormatCode.Described);
        buffer.WriteObject(Descriptor);
        buffer.WriteObject(Value);
    }
}

/// <summary>The name and the number of a type that the specification defines (1.5).</summary>
public class Descriptor
{
    /// <summary>The descriptor's number: the domain 0 of the specification in the high 32 bits, the type in the low.</summary>
    public readonly ulong Code;

    /// <summary>The descriptor's symbol, such as <c>amqp:open:list</c>.</summary>
    public readonly string Name;

    /// <summary>A descriptor of a number and a name.</summary>
    public Descriptor(ulong code, string name)
    {
        Code = code;
        Name = name;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A described value (1.1.2) of a type that the specification defines.</summary>
public abstract class RestrictedDescribed : Described
{
    internal RestrictedDescribed(Descriptor descriptor) => Descriptor = descriptor;

    /// <summary>Says which type this is.</summary>
    public Descriptor Descriptor { get; }

    internal override void Encode(ByteBuffer buffer)
    {
        buffer.WriteDescriptor((byte)Descriptor.Code);
        EncodeValue(buffer);
    }

    internal abstract void EncodeValue(ByteBuffer buffer);

    /// <summary>Reads the value that follows a descriptor that has been read.</summary>
    internal abstract void DecodeValue(ref AmqpReader reader);
}
