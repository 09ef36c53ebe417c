using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Detaches a link (2.7.7). This library always closes it too: nothing of the link is to be kept.</summary>
internal readonly record struct Detach(uint Handle, Error Error) : IPerformative
{
    public static Detach Read(ref AmqpReader reader)
    {
        uint? handle = null;
        Error error = null;
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (reader.TryReadNull())
            {
                continue;
            }

            switch (index)
            {
                case 0: handle = reader.ReadUInt(); break;
                case 2: error = reader.ReadError(); break;
                default: reader.Skip(); break;
            }
        }

        reader.Exit(list);
        return new Detach(handle ?? throw AmqpReader.Malformed("A detach has no handle."), error);
    }

    public void Write(ByteBuffer buffer)
    {
        buffer.WriteDescriptor((byte)Descriptors.Detach.Code);
        var list = buffer.BeginList(3);
        buffer.WriteUInt(Handle);
        buffer.WriteBoolean(true); // closed
        buffer.WriteObject(Error);
        buffer.EndList(list);
    }
}
