using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The three performatives that end something: detach (2.7.7), end (2.7.8) and close (2.7.9).</summary>
internal static class Ends
{
    public static void WriteDetach(ByteBuffer buffer, uint handle, Error error)
    {
        buffer.WriteDescriptor((byte)Descriptors.Detach.Code);
        var list = buffer.BeginList(3);
        buffer.WriteUInt(handle);
        buffer.WriteBoolean(true); // closed: nothing of the link is to be kept
        WriteError(buffer, error);
        buffer.EndList(list);
    }

    public static void WriteEnd(ByteBuffer buffer, Error error) => WriteOnlyError(buffer, Descriptors.End, error);

    public static void WriteClose(ByteBuffer buffer, Error error) => WriteOnlyError(buffer, Descriptors.Close, error);

    /// <summary>The handle of a detach and its error, which may be null.</summary>
    public static (uint Handle, Error Error) ReadDetach(ref AmqpReader reader)
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
        return (handle ?? throw AmqpReader.Malformed("A detach has no handle."), error);
    }

    /// <summary>The error of an end or a close, or null.</summary>
    public static Error ReadEndOrClose(ref AmqpReader reader)
    {
        Error error = null;
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (reader.TryReadNull())
            {
                continue;
            }

            if (index == 0)
            {
                error = reader.ReadError();
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Exit(list);
        return error;
    }

    private static void WriteOnlyError(ByteBuffer buffer, Descriptor descriptor, Error error)
    {
        buffer.WriteDescriptor((byte)descriptor.Code);
        var list = buffer.BeginList(1);
        WriteError(buffer, error);
        buffer.EndList(list);
    }

    private static void WriteError(ByteBuffer buffer, Error error)
    {
        if (error is null)
        {
            buffer.WriteNull();
        }
        else
        {
            error.Encode(buffer);
        }
    }
}
