using System.Collections;
using Amqp.Types;

namespace Amqp.Framing;

/// <summary>A body of bytes (3.2.6).</summary>
public sealed class Data : RestrictedDescribed
{
    /// <summary>A section without bytes.</summary>
    public Data()
        : base(Descriptors.Data)
    {
    }

    /// <summary>The bytes.</summary>
    public byte[] Binary { get; set; }

    internal override void EncodeValue(ByteBuffer buffer) => buffer.WriteBinary(Binary);

    internal override void DecodeValue(ref AmqpReader reader) => Binary = reader.ReadBinary();
}

/// <summary>A body of several sections of bytes (3.2.6).</summary>
public sealed class DataList : RestrictedDescribed
{
    private readonly List<Data> _sections = [];

    /// <summary>A body without sections.</summary>
    public DataList()
        : base(Descriptors.Data)
    {
    }

    /// <summary>How many sections there are.</summary>
    public int Count => _sections.Count;

    /// <summary>The section at <paramref name="index"/>.</summary>
    public Data this[int index] => _sections[index];

    /// <summary>Appends a section.</summary>
    public void Add(Data data) => _sections.Add(data);

    internal override void Encode(ByteBuffer buffer) => _sections.ForEach(section => section.Encode(buffer));

    internal override void EncodeValue(ByteBuffer buffer) => throw new InvalidOperationException();

    internal override void DecodeValue(ref AmqpReader reader) => throw new InvalidOperationException();
}

/// <summary>A body of any one value (3.2.8).</summary>
public sealed class AmqpValue : RestrictedDescribed
{
    /// <summary>A section whose value is null.</summary>
    public AmqpValue()
        : base(Descriptors.AmqpValue)
    {
    }

    /// <summary>The value.</summary>
    public object Value { get; set; }

    internal override void EncodeValue(ByteBuffer buffer) => buffer.WriteObject(Value);

    internal override void DecodeValue(ref AmqpReader reader) => Value = reader.ReadObject();
}

/// <summary>A body of a list of values (3.2.7).</summary>
public sealed class AmqpSequence : RestrictedDescribed
{
    /// <summary>An empty section.</summary>
    public AmqpSequence()
        : base(Descriptors.AmqpSequence)
    {
    }

    /// <summary>The values.</summary>
    public IList List { get; set; }

    internal override void EncodeValue(ByteBuffer buffer) => buffer.WriteObject(List);

    internal override void DecodeValue(ref AmqpReader reader) => List = reader.ReadList();
}
