using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The message was not processed, and is changed before it is delivered again (3.4.5).</summary>
public sealed class Modified : Outcome
{
    private bool _deliveryFailed;
    private bool _undeliverableHere;
    private Fields _messageAnnotations;

    /// <summary>A modified with no field set.</summary>
    public Modified()
        : base(Descriptors.Modified, 3)
    {
    }

    /// <summary>Whether the delivery counts as a failed one.</summary>
    public bool DeliveryFailed
    {
        get => Get(0, _deliveryFailed);
        set => Set(0, ref _deliveryFailed, value);
    }

    /// <summary>Whether the message must not come back to this link.</summary>
    public bool UndeliverableHere
    {
        get => Get(1, _undeliverableHere);
        set => Set(1, ref _undeliverableHere, value);
    }

    /// <summary>What is added to the message's annotations.</summary>
    public Fields MessageAnnotations
    {
        get => Get(2, _messageAnnotations);
        set => Set(2, ref _messageAnnotations, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteBoolean(_deliveryFailed); break;
            case 1: buffer.WriteBoolean(_undeliverableHere); break;
            case 2: buffer.WriteMap(_messageAnnotations, MapKeys.Symbols); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: DeliveryFailed = reader.ReadBoolean(); break;
            case 1: UndeliverableHere = reader.ReadBoolean(); break;
            case 2: MessageAnnotations = reader.ReadFields(); break;
        }
    }
}
