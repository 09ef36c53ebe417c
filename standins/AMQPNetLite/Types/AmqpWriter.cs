using System.Buffers.Binary;
using System.Text;

namespace Amqp.Types;

/// <summary>Writes values (1.6), each in its shortest layout.</summary>
internal static partial class AmqpWriter
{
    /// <summary>The constructor of a described value of the specification; all its types have numbers below 256.</summary>
    public static void WriteDescriptor(this ByteBuffer buffer, byte number)
    {
        var bytes = buffer.Reserve(3);
        bytes[0] = FormatCode.Described;
        bytes[1] = FormatCode.SmallULong;
        bytes[2] = number;
    }

    public static void WriteNull(this ByteBuffer buffer) => buffer.WriteByte(FormatCode.Null);

    public static void WriteBinary(this ByteBuffer buffer, ReadOnlySpan<byte> value)
    {
        WriteSize(buffer, FormatCode.Binary8, FormatCode.Binary32, value.Length);
        buffer.Write(value);
    }

    public static void WriteString(this ByteBuffer buffer, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteSize(buffer, FormatCode.String8, FormatCode.String32, length);
        Encoding.UTF8.GetBytes(value, buffer.Reserve(length));
    }

    public static void WriteSymbol(this ByteBuffer buffer, Symbol value)
    {
        string text = value;
        WriteSize(buffer, FormatCode.Symbol8, FormatCode.Symbol32, text.Length);
        WriteAscii(buffer, text);
    }

    /// <summary>A field that may have several values (1.4).</summary>
    public static void WriteSymbols(this ByteBuffer buffer, Symbol[] values) => WriteArray(buffer, values);

    /// <summary>Starts a list whose size is not known yet; <see cref="EndList"/> fills it in.</summary>
    public static int BeginList(this ByteBuffer buffer, int count) => BeginCompound(buffer, FormatCode.List32, count);

    public static void EndList(this ByteBuffer buffer, int list) => EndCompound(buffer, list);

    private static void WriteAscii(ByteBuffer buffer, string text)
    {
        if (!Ascii.IsValid(text))
        {
            throw new ArgumentException($"The symbol '{text}' is not ASCII.");
        }

        Encoding.ASCII.GetBytes(text, buffer.Reserve(text.Length));
    }

    private static void WriteNarrow(ByteBuffer buffer, byte code, byte value)
    {
        var bytes = buffer.Reserve(2);
        bytes[0] = code;
        bytes[1] = value;
    }

    private static void WriteSize(ByteBuffer buffer, byte narrow, byte wide, int size)
    {
        if (size <= byte.MaxValue)
        {
            WriteNarrow(buffer, narrow, (byte)size);
        }
        else
        {
            buffer.WriteByte(wide);
            buffer.WriteUInt32((uint)size);
        }
    }

    private static int BeginCompound(ByteBuffer buffer, byte code, int count)
    {
        buffer.WriteByte(code);
        return BeginItems(buffer, count);
    }

    /// <summary>
    /// Fills in the size of a list, map or array, and makes the layout the short one if size and count fit into a byte each.
    /// </summary>
    private static void EndCompound(ByteBuffer buffer, int position)
    {
        const byte WideBit = 0x10; // 0xd0 and 0xc0, 0xd1 and 0xc1, 0xf0 and 0xe0
        const int Saved = 6;

        var header = buffer.Slice(position - 1, 9);
        var size = buffer.Length - position - 7; // what the short layout counts: one byte of count, and the items
        var count = BinaryPrimitives.ReadUInt32BigEndian(header[5..]);
        if (size > byte.MaxValue || count > byte.MaxValue)
        {
            EndItems(buffer, position);
            return;
        }

        header[0] ^= WideBit;
        header[1] = (byte)size;
        header[2] = (byte)count;
        buffer.Remove(position + 2, Saved);
    }

    /// <summary>Starts the items of a list or map whose constructor is elsewhere: in an array.</summary>
    private static int BeginItems(ByteBuffer buffer, int count)
    {
        var position = buffer.Length;
        buffer.Reserve(4);
        buffer.WriteUInt32((uint)count);
        return position;
    }

    private static void EndItems(ByteBuffer buffer, int position) =>
        BinaryPrimitives.WriteUInt32BigEndian(buffer.Slice(position, 4), (uint)(buffer.Length - position - 4));
}
