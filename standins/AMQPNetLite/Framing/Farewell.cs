using Amqp.Types;

namespace Amqp.Framing;

/// <summary>An end (2.7.8) or a close (2.7.9): both have one field, the error, which may be null.</summary>
internal readonly record struct Farewell(Descriptor Descriptor, Error Error) : IPerformative
{
    public static Error ReadError(ref AmqpReader reader)
    {
        Error error = null;
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (index > 0)
            {
                reader.Skip();
            }
            else if (!reader.TryReadNull())
            {
                error = reader.ReadError();
            }
        }

        reader.Exit(list);
        return error;
    }

    public void Write(ByteBuffer buffer)
    {
        buffer.WriteDescriptor((byte)Descriptor.Code);
        var list = buffer.BeginList(1);
        buffer.WriteObject(Error);
        buffer.EndList(list);
    }
}
