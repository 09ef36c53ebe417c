using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Tells the state of a session's windows and of a link's credit (2.7.4).</summary>
internal struct Flow : IPerformative
{
    public uint? NextIncomingId;
    public uint IncomingWindow;
    public uint NextOutgoingId;
    public uint OutgoingWindow;
    public uint? Handle;
    public uint? DeliveryCount;
    public uint? LinkCredit;
    public uint? Available;
    public bool Drain;
    public bool Echo;

    public static Flow Read(ref AmqpReader reader)
    {
        var flow = new Flow();
        var list = reader.EnterList();
        var required = 0;
        for (var index = 0; index < list.Count; index++)
        {
            if (reader.TryReadNull())
            {
                continue;
            }

            switch (index)
            {
                case 0: flow.NextIncomingId = reader.ReadUInt(); break;
                case 1: flow.IncomingWindow = reader.ReadUInt(); required++; break;
                case 2: flow.NextOutgoingId = reader.ReadUInt(); required++; break;
                case 3: flow.OutgoingWindow = reader.ReadUInt(); required++; break;
                case 4: flow.Handle = reader.ReadUInt(); break;
                case 5: flow.DeliveryCount = reader.ReadUInt(); break;
                case 6: flow.LinkCredit = reader.ReadUInt(); break;
                case 7: flow.Available = reader.ReadUInt(); break;
                case 8: flow.Drain = reader.ReadBoolean(); break;
                case 9: flow.Echo = reader.ReadBoolean(); break;
                default: reader.Skip(); break;
            }
        }

        reader.Exit(list);
        return required == 3 ? flow : throw AmqpReader.Malformed("A flow lacks its windows.");
    }

    public readonly void Write(ByteBuffer buffer)
    {
        buffer.WriteDescriptor((byte)Descriptors.Flow.Code);
        var list = buffer.BeginList(Handle is null ? 4 : 9);
        buffer.WriteUInt(NextIncomingId);
        buffer.WriteUInt(IncomingWindow);
        buffer.WriteUInt(NextOutgoingId);
        buffer.WriteUInt(OutgoingWindow);
        if (Handle is { } handle)
        {
            buffer.WriteUInt(handle);
            buffer.WriteUInt(DeliveryCount);
            buffer.WriteUInt(LinkCredit);
            buffer.WriteUInt(Available);
            buffer.WriteBoolean(Drain);
        }

        buffer.EndList(list);
    }
}
