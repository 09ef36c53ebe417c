using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Where the messages of a link go (3.5.4).</summary>
public sealed class Target : DescribedList
{
    private string _address;
    private uint _durable;
    private Symbol _expiryPolicy;
    private uint _timeout;
    private bool _dynamic;
    private Fields _dynamicNodeProperties;
    private Symbol[] _capabilities;

    /// <summary>A target with no field set.</summary>
    public Target()
        : base(Descriptors.Target, 7)
    {
    }

    /// <summary>The name of the node, such as a queue.</summary>
    public string Address
    {
        get => Get(0, _address);
        set => Set(0, ref _address, value);
    }

    /// <summary>What of the terminus is kept: 0 nothing, 1 its configuration, 2 its unsettled state too (3.5.5).</summary>
    public uint Durable
    {
        get => Get(1, _durable);
        set => Set(1, ref _durable, value);
    }

    /// <summary>When the timeout starts (3.5.6).</summary>
    public Symbol ExpiryPolicy
    {
        get => Get(2, _expiryPolicy);
        set => Set(2, ref _expiryPolicy, value);
    }

    /// <summary>How long the terminus is kept, in seconds.</summary>
    public uint Timeout
    {
        get => Get(3, _timeout);
        set => Set(3, ref _timeout, value);
    }

    /// <summary>Whether the peer makes a new node.</summary>
    public bool Dynamic
    {
        get => Get(4, _dynamic);
        set => Set(4, ref _dynamic, value);
    }

    /// <summary>Properties of the new node.</summary>
    public Fields DynamicNodeProperties
    {
        get => Get(5, _dynamicNodeProperties);
        set => Set(5, ref _dynamicNodeProperties, value);
    }

    /// <summary>What the node must be able to do: <c>queue</c> asks for one.</summary>
    public Symbol[] Capabilities
    {
        get => Get(6, _capabilities);
        set => Set(6, ref _capabilities, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteString(_address); break;
            case 1: buffer.WriteUInt(_durable); break;
            case 2: buffer.WriteSymbol(_expiryPolicy); break;
            case 3: buffer.WriteUInt(_timeout); break;
            case 4: buffer.WriteBoolean(_dynamic); break;
            case 5: buffer.WriteMap(_dynamicNodeProperties, MapKeys.Symbols); break;
            case 6: buffer.WriteSymbols(_capabilities); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: Address = reader.ReadString(); break;
            case 1: Durable = reader.ReadUInt(); break;
            case 2: ExpiryPolicy = reader.ReadSymbol(); break;
            case 3: Timeout = reader.ReadUInt(); break;
            case 4: Dynamic = reader.ReadBoolean(); break;
            case 5: DynamicNodeProperties = reader.ReadFields(); break;
            case 6: Capabilities = reader.ReadSymbols(); break;
        }
    }
}
