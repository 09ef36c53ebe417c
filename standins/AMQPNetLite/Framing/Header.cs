using Amqp.Types;

namespace Amqp.Framing;

/// <summary>How a message is to be transported (3.2.1).</summary>
public sealed class Header : DescribedList
{
    private bool _durable;
    private byte _priority;
    private uint _ttl;
    private bool _firstAcquirer;
    private uint _deliveryCount;

    /// <summary>A header with no field set.</summary>
    public Header()
        : base(Descriptors.Header, 5)
    {
    }

    /// <summary>Whether the message survives a restart of the broker. Defaults to false.</summary>
    public bool Durable
    {
        get => Get(0, _durable);
        set => Set(0, ref _durable, value);
    }

    /// <summary>From 0 to 9. Defaults to 4.</summary>
    public byte Priority
    {
        get => Get(1, _priority, (byte)4);
        set => Set(1, ref _priority, value);
    }

    /// <summary>How long the message is of use, in milliseconds. Defaults to for ever.</summary>
    public uint Ttl
    {
        get => Get(2, _ttl);
        set => Set(2, ref _ttl, value);
    }

    /// <summary>Whether no other receiver has had the message.</summary>
    public bool FirstAcquirer
    {
        get => Get(3, _firstAcquirer);
        set => Set(3, ref _firstAcquirer, value);
    }

    /// <summary>How many deliveries of the message have failed.</summary>
    public uint DeliveryCount
    {
        get => Get(4, _deliveryCount);
        set => Set(4, ref _deliveryCount, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteBoolean(_durable); break;
            case 1: buffer.WriteUByte(_priority); break;
            case 2: buffer.WriteUInt(_ttl); break;
            case 3: buffer.WriteBoolean(_firstAcquirer); break;
            case 4: buffer.WriteUInt(_deliveryCount); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: Durable = reader.ReadBoolean(); break;
            case 1: Priority = reader.ReadUByte(); break;
            case 2: Ttl = reader.ReadUInt(); break;
            case 3: FirstAcquirer = reader.ReadBoolean(); break;
            case 4: DeliveryCount = reader.ReadUInt(); break;
        }
    }
}
