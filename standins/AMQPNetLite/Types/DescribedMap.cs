namespace Amqp.Types;

/// <summary>A section of a message that is a map (3.2.2 to 3.2.5, 3.2.9).</summary>
public abstract class DescribedMap : RestrictedDescribed
{
    private protected DescribedMap(Descriptor descriptor)
        : base(descriptor)
    {
    }

    /// <summary>The entries.</summary>
    public Map Map { get; private set; } = [];

    /// <summary>The value of <paramref name="key"/>.</summary>
    public object this[object key]
    {
        get => Map[key];
        set => Map[key] = value;
    }

    internal override void EncodeValue(ByteBuffer buffer) => buffer.WriteMap(Map, KeyRule);

    internal override void DecodeValue(ref AmqpReader reader)
    {
        Map = [];
        reader.ReadMapInto(Map, KeyRule);
    }

    private protected abstract MapKeys KeyRule { get; }
}

/// <summary>Which keys a map may have.</summary>
internal enum MapKeys
{
    /// <summary>Of any type (1.6.23).</summary>
    Any,

    /// <summary>Symbols: fields (2.8.10).</summary>
    Symbols,

    /// <summary>Symbols or ulongs: annotations (3.2.10).</summary>
    SymbolsOrULongs,

    /// <summary>Strings: application properties (3.2.5).</summary>
    Strings,
}
