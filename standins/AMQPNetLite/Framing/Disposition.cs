using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Tells the state of a range of deliveries (2.7.6).</summary>
internal struct Disposition : IPerformative
{
    public bool Role;
    public uint First;
    public uint Last;
    public bool Settled;
    public DeliveryState State;

    public static Disposition Read(ref AmqpReader reader)
    {
        var disposition = new Disposition();
        uint? first = null, last = null;
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (reader.TryReadNull())
            {
                continue;
            }

            switch (index)
            {
                case 0: disposition.Role = reader.ReadBoolean(); break;
                case 1: first = reader.ReadUInt(); break;
                case 2: last = reader.ReadUInt(); break;
                case 3: disposition.Settled = reader.ReadBoolean(); break;
                case 4: disposition.State = reader.ReadDeliveryState(); break;
                default: reader.Skip(); break;
            }
        }

        reader.Exit(list);
        disposition.First = first ?? throw AmqpReader.Malformed("A disposition has no first delivery.");
        disposition.Last = last ?? disposition.First;
        return SerialNumber.Distance(disposition.First, disposition.Last) >= 0
            ? disposition
            : throw AmqpReader.Malformed("A disposition's last delivery is before its first.");
    }

    public readonly void Write(ByteBuffer buffer)
    {
        buffer.WriteDescriptor((byte)Descriptors.Disposition.Code);
        var list = buffer.BeginList(State is null ? 4 : 5);
        buffer.WriteBoolean(Role);
        buffer.WriteUInt(First);
        if (Last == First)
        {
            buffer.WriteNull();
        }
        else
        {
            buffer.WriteUInt(Last);
        }

        buffer.WriteBoolean(Settled);
        State?.Encode(buffer);
        buffer.EndList(list);
    }
}
