namespace Amqp.Types;

/// <summary>Booleans, numbers and times, each in its shortest layout (1.6.2 to 1.6.17).</summary>
internal static partial class AmqpWriter
{
    public static void WriteBoolean(this ByteBuffer buffer, bool value) =>
        buffer.WriteByte(value ? FormatCode.BooleanTrue : FormatCode.BooleanFalse);

    public static void WriteUByte(this ByteBuffer buffer, byte value) => WriteNarrow(buffer, FormatCode.UByte, value);

    public static void WriteUShort(this ByteBuffer buffer, ushort value)
    {
        buffer.WriteByte(FormatCode.UShort);
        buffer.WriteUInt16(value);
    }

    public static void WriteUInt(this ByteBuffer buffer, uint value)
    {
        switch (value)
        {
            case 0:
                buffer.WriteByte(FormatCode.UInt0);
                break;
            case <= byte.MaxValue:
                WriteNarrow(buffer, FormatCode.SmallUInt, (byte)value);
                break;
            default:
                buffer.WriteByte(FormatCode.UInt);
                buffer.WriteUInt32(value);
                break;
        }
    }

    /// <summary>A uint, or null if it is not set.</summary>
    public static void WriteUInt(this ByteBuffer buffer, uint? value)
    {
        if (value is { } number)
        {
            buffer.WriteUInt(number);
        }
        else
        {
            buffer.WriteNull();
        }
    }

    public static void WriteULong(this ByteBuffer buffer, ulong value)
    {
        switch (value)
        {
            case 0:
                buffer.WriteByte(FormatCode.ULong0);
                break;
            case <= byte.MaxValue:
                WriteNarrow(buffer, FormatCode.SmallULong, (byte)value);
                break;
            default:
                buffer.WriteByte(FormatCode.ULong);
                buffer.WriteUInt64(value);
                break;
        }
    }

    public static void WriteInt(this ByteBuffer buffer, int value)
    {
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            WriteNarrow(buffer, FormatCode.SmallInt, (byte)value);
        }
        else
        {
            buffer.WriteByte(FormatCode.Int);
            buffer.WriteUInt32((uint)value);
        }
    }

    public static void WriteLong(this ByteBuffer buffer, long value)
    {
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            WriteNarrow(buffer, FormatCode.SmallLong, (byte)value);
        }
        else
        {
            buffer.WriteByte(FormatCode.Long);
            buffer.WriteUInt64((ulong)value);
        }
    }

    public static void WriteTimestamp(this ByteBuffer buffer, DateTime value)
    {
        buffer.WriteByte(FormatCode.Timestamp);
        buffer.WriteUInt64((ulong)Timestamps.FromDateTime(value));
    }
}
