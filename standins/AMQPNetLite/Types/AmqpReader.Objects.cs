using System.Text;
using Amqp.Framing;

namespace Amqp.Types;

/// <summary>Values of any type (1.6) or described (1.2), as the .NET objects that stand for them.</summary>
internal ref partial struct AmqpReader
{
    private static readonly object True = true;
    private static readonly object False = false;

    public object ReadObject()
    {
        var code = ReadFormatCode();
        return code == FormatCode.Described ? ReadDescribed() : ReadObject(code);
    }

    private object ReadObject(byte code) => code switch
    {
        FormatCode.Null => null,
        FormatCode.BooleanTrue => True,
        FormatCode.BooleanFalse => False,
        FormatCode.Boolean => ReadBooleanByte() ? True : False,
        FormatCode.UByte => Take(1)[0],
        FormatCode.UShort => ReadUInt16Bytes(),
        FormatCode.UInt => ReadUInt32Bytes(),
        FormatCode.SmallUInt => (uint)Take(1)[0],
        FormatCode.UInt0 => 0u,
        FormatCode.ULong => ReadUInt64Bytes(),
        FormatCode.SmallULong => (ulong)Take(1)[0],
        FormatCode.ULong0 => 0ul,
        FormatCode.Byte => (sbyte)Take(1)[0],
        FormatCode.Short => (short)ReadUInt16Bytes(),
        FormatCode.Int => (int)ReadUInt32Bytes(),
        FormatCode.SmallInt => (int)(sbyte)Take(1)[0],
        FormatCode.Long => (long)ReadUInt64Bytes(),
        FormatCode.SmallLong => (long)(sbyte)Take(1)[0],
        FormatCode.Float => BitConverter.UInt32BitsToSingle(ReadUInt32Bytes()),
        FormatCode.Double => BitConverter.UInt64BitsToDouble(ReadUInt64Bytes()),
        FormatCode.Decimal32 => Decimals.Read32(ReadUInt32Bytes()),
        FormatCode.Decimal64 => Decimals.Read64(ReadUInt64Bytes()),
        FormatCode.Decimal128 => Decimals.Read128(ReadUInt64Bytes(), ReadUInt64Bytes()),
        FormatCode.Char => ReadChar(),
        FormatCode.Timestamp => Timestamps.ToDateTime((long)ReadUInt64Bytes()),
        FormatCode.Uuid => new Guid(Take(16), bigEndian: true),
        FormatCode.Binary8 => Take(Take(1)[0]).ToArray(),
        FormatCode.Binary32 => Take(ReadSize()).ToArray(),
        FormatCode.String8 => ReadUtf8(Take(1)[0]),
        FormatCode.String32 => ReadUtf8(ReadSize()),
        FormatCode.Symbol8 => ReadAscii(Take(1)[0]),
        FormatCode.Symbol32 => ReadAscii(ReadSize()),
        FormatCode.List0 or FormatCode.List8 or FormatCode.List32 => ReadList(code),
        FormatCode.Map8 or FormatCode.Map32 => ReadMap(code),
        FormatCode.Array8 or FormatCode.Array32 => ReadArray(code),
        _ => throw Unexpected(code, "value"),
    };

    private Map ReadMap(byte code)
    {
        var map = new Map();
        ReadMapInto(map, MapKeys.Any, code);
        return map;
    }

    /// <summary>UTF-32 (1.6.16). What does not fit into one <see cref="char"/> is given as a string.</summary>
    private object ReadChar()
    {
        var value = ReadUInt32Bytes();
        return value <= char.MaxValue ? (char)value
            : Rune.TryCreate(value, out var rune) ? rune.ToString()
            : throw Malformed("A char is not a Unicode code point.");
    }

    private object ReadDescribed()
    {
        Descend();
        var descriptor = ReadDescriptorValue();
        var known = descriptor switch
        {
            ulong number => Descriptors.Create(number),
            Symbol name when Descriptors.TryGetNumber(name, out var number) => Descriptors.Create(number),
            _ => null,
        };
        object value;
        if (known is null)
        {
            value = new DescribedValue(descriptor, ReadObject());
        }
        else
        {
            known.DecodeValue(ref this);
            value = known;
        }

        Ascend();
        return value;
    }

    /// <summary>One constructor and then the items without theirs (1.6.24).</summary>
    private Array ReadArray(byte code)
    {
        var items = EnterCompound(code);
        var constructor = ReadFormatCode();
        object descriptor = null;
        if (constructor == FormatCode.Described)
        {
            descriptor = ReadDescriptorValue();
            constructor = ReadFormatCode();
        }

        CheckItems(items, constructor);
        var array = Array.CreateInstance(descriptor is null ? ArrayItems.TypeOf(constructor) : typeof(DescribedValue), items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            var item = ReadObject(constructor);
            array.SetValue(descriptor is null ? item : new DescribedValue(descriptor, item), index);
        }

        Exit(items);
        return array;
    }

    private void CheckItems(Compound items, byte constructor)
    {
        var width = FormatCode.FixedWidth(constructor);
        if (width == 0)
        {
            _emptyValues += Math.Min(items.Count, int.MaxValue / 2);
            if (_emptyValues > FreeEmptyValues)
            {
                throw Malformed("Arrays have too many values that take no bytes.");
            }
        }
        else if (items.Count > (items.End - _position) / Math.Max(width, 1))
        {
            throw Truncated();
        }
    }
}
