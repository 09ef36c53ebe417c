using Amqp.Types;

namespace Amqp.Framing;

/// <summary>How far the processing of a delivery has come (3.4).</summary>
public abstract class DeliveryState : DescribedList
{
    internal DeliveryState(Descriptor descriptor, int fieldCount)
        : base(descriptor, fieldCount)
    {
    }
}

/// <summary>A delivery state that is final (3.4).</summary>
public abstract class Outcome : DeliveryState
{
    internal Outcome(Descriptor descriptor, int fieldCount)
        : base(descriptor, fieldCount)
    {
    }
}

/// <summary>How much of a message has arrived (3.4.1). It is not final, and nothing here asks for it.</summary>
internal sealed class Received : DeliveryState
{
    private uint _sectionNumber;
    private ulong _sectionOffset;

    public Received()
        : base(Descriptors.Received, 2)
    {
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteUInt(_sectionNumber); break;
            case 1: buffer.WriteULong(_sectionOffset); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: Set(0, ref _sectionNumber, reader.ReadUInt()); break;
            case 1: Set(1, ref _sectionOffset, reader.ReadULong()); break;
        }
    }
}
