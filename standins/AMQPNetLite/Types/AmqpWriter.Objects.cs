using System.Collections;
using System.Text;

namespace Amqp.Types;

/// <summary>Values whose type is known at run time only (1.6): properties, annotations, bodies.</summary>
internal static partial class AmqpWriter
{
    public static void WriteObject(this ByteBuffer buffer, object value)
    {
        switch (value)
        {
            case null: buffer.WriteNull(); break;
            case string text: buffer.WriteString(text); break;
            case Symbol symbol: buffer.WriteSymbol(symbol); break;
            case bool boolean: buffer.WriteBoolean(boolean); break;
            case int number: buffer.WriteInt(number); break;
            case long number: buffer.WriteLong(number); break;
            case uint number: buffer.WriteUInt(number); break;
            case ulong number: buffer.WriteULong(number); break;
            case byte[] bytes when IsBinary(bytes): buffer.WriteBinary(bytes); break;
            case DateTime time: buffer.WriteTimestamp(time); break;
            case Described described: described.Encode(buffer); break;
            case Map map: buffer.WriteMap(map, map is Fields ? MapKeys.Symbols : MapKeys.Any); break;
            case Array array: WriteArray(buffer, array); break;
            case IList list: WriteList(buffer, list); break;
            default:
                var code = ArrayItems.ConstructorOf(value.GetType());
                buffer.WriteByte(code);
                WriteItem(buffer, code, value);
                break;
        }
    }

    public static void WriteMap(this ByteBuffer buffer, Map map, MapKeys rule)
    {
        var position = BeginCompound(buffer, FormatCode.Map32, map.Count * 2);
        WriteEntries(buffer, map, rule);
        EndCompound(buffer, position);
    }

    private static void WriteList(ByteBuffer buffer, IList list)
    {
        if (list.Count == 0)
        {
            buffer.WriteByte(FormatCode.List0);
            return;
        }

        var position = BeginCompound(buffer, FormatCode.List32, list.Count);
        WriteItems(buffer, list);
        EndCompound(buffer, position);
    }

    private static void WriteEntries(ByteBuffer buffer, Map map, MapKeys rule)
    {
        foreach (var (key, value) in map)
        {
            if (!MapKeyRules.Allow(rule, key))
            {
                throw new ArgumentException($"A key of a map is a {key.GetType().Name}, which is not allowed there.");
            }

            buffer.WriteObject(key);
            buffer.WriteObject(value);
        }
    }

    private static void WriteItems(ByteBuffer buffer, IList list)
    {
        foreach (var item in list)
        {
            buffer.WriteObject(item);
        }
    }

    /// <summary>The data of a value in the widest layout of its type, without the format code.</summary>
    private static void WriteItem(ByteBuffer buffer, byte code, object value)
    {
        switch (value)
        {
            case bool boolean: buffer.WriteByte(boolean ? (byte)1 : (byte)0); break;
            case byte number: buffer.WriteByte(number); break;
            case sbyte number: buffer.WriteByte((byte)number); break;
            case ushort number: buffer.WriteUInt16(number); break;
            case short number: buffer.WriteUInt16((ushort)number); break;
            case uint number: buffer.WriteUInt32(number); break;
            case int number: buffer.WriteUInt32((uint)number); break;
            case ulong number: buffer.WriteUInt64(number); break;
            case long number: buffer.WriteUInt64((ulong)number); break;
            case float number: buffer.WriteUInt32(BitConverter.SingleToUInt32Bits(number)); break;
            case double number: buffer.WriteUInt64(BitConverter.DoubleToUInt64Bits(number)); break;
            case decimal number: WriteDecimal(buffer, number); break;
            case char character: buffer.WriteUInt32(character); break;
            case DateTime time: buffer.WriteUInt64((ulong)Timestamps.FromDateTime(time)); break;
            case Guid uuid: uuid.TryWriteBytes(buffer.Reserve(16), bigEndian: true, out _); break;
            case byte[] bytes when IsBinary(bytes): WriteSized(buffer, bytes); break;
            case string text: WriteSized(buffer, Encoding.UTF8.GetBytes(text)); break;
            case Symbol symbol: WriteSizedAscii(buffer, symbol); break;
            case Map map: WriteBareMap(buffer, map); break;
            case Array array: WriteBareArray(buffer, array); break;
            case IList list: WriteBareList(buffer, list); break;
            default: throw new AmqpException(ErrorCode.NotImplemented, $"A value of format code 0x{code:x2} cannot be in an array.");
        }
    }

    /// <summary>To the runtime an sbyte[] is a byte[] too; it is an array, not binary.</summary>
    private static bool IsBinary(object bytes) => bytes.GetType() == typeof(byte[]);

    private static void WriteDecimal(ByteBuffer buffer, decimal value)
    {
        var (high, low) = Decimals.Write128(value);
        buffer.WriteUInt64(high);
        buffer.WriteUInt64(low);
    }

    private static void WriteSized(ByteBuffer buffer, byte[] bytes)
    {
        buffer.WriteUInt32((uint)bytes.Length);
        buffer.Write(bytes);
    }

    private static void WriteSizedAscii(ByteBuffer buffer, string text)
    {
        buffer.WriteUInt32((uint)text.Length);
        WriteAscii(buffer, text);
    }
}
