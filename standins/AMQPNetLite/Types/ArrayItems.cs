namespace Amqp.Types;

/// <summary>Which .NET type the items of an array have (1.6.24), and in which layout they are written.</summary>
internal static class ArrayItems
{
    public static Type TypeOf(byte constructor) => constructor switch
    {
        FormatCode.Boolean or FormatCode.BooleanTrue or FormatCode.BooleanFalse => typeof(bool),
        FormatCode.UByte => typeof(byte),
        FormatCode.UShort => typeof(ushort),
        FormatCode.UInt or FormatCode.SmallUInt or FormatCode.UInt0 => typeof(uint),
        FormatCode.ULong or FormatCode.SmallULong or FormatCode.ULong0 => typeof(ulong),
        FormatCode.Byte => typeof(sbyte),
        FormatCode.Short => typeof(short),
        FormatCode.Int or FormatCode.SmallInt => typeof(int),
        FormatCode.Long or FormatCode.SmallLong => typeof(long),
        FormatCode.Float => typeof(float),
        FormatCode.Double => typeof(double),
        FormatCode.Timestamp => typeof(DateTime),
        FormatCode.Uuid => typeof(Guid),
        FormatCode.Binary8 or FormatCode.Binary32 => typeof(byte[]),
        FormatCode.String8 or FormatCode.String32 => typeof(string),
        FormatCode.Symbol8 or FormatCode.Symbol32 => typeof(Symbol),
        FormatCode.List0 or FormatCode.List8 or FormatCode.List32 => typeof(List),
        FormatCode.Map8 or FormatCode.Map32 => typeof(Map),
        _ => typeof(object), // decimals and chars, which are not always the same .NET type, and arrays of arrays
    };

    /// <summary>The layout of an array's items: its item type's or, where that says nothing, the first item's.</summary>
    public static byte ConstructorOf(Array array)
    {
        var itemType = array.GetType().GetElementType();
        var isOpen = itemType == typeof(object) || itemType == typeof(DescribedValue);
        return !isOpen ? ConstructorOf(itemType)
            : array.Length == 0 ? FormatCode.Null
            : ConstructorOf((array.GetValue(0) is DescribedValue described ? described.Value : array.GetValue(0))?.GetType());
    }

    /// <summary>What of an item is written after the constructor that all items share.</summary>
    /// <exception cref="ArgumentException">It is of another type than the first, or has another descriptor.</exception>
    public static object ValueOf(object item, object descriptor, byte constructor)
    {
        var described = item as DescribedValue;
        var value = described is null ? item : described.Value;
        return Equals(described?.Descriptor, descriptor) && value is not null && ConstructorOf(value.GetType()) == constructor
            ? value
            : throw new ArgumentException("The items of an array are of one type, and none of them is null.");
    }

    /// <summary>The widest layout of a type, which every value of it fits.</summary>
    public static byte ConstructorOf(Type itemType) => itemType switch
    {
        _ when itemType == typeof(bool) => FormatCode.Boolean,
        _ when itemType == typeof(byte) => FormatCode.UByte,
        _ when itemType == typeof(ushort) => FormatCode.UShort,
        _ when itemType == typeof(uint) => FormatCode.UInt,
        _ when itemType == typeof(ulong) => FormatCode.ULong,
        _ when itemType == typeof(sbyte) => FormatCode.Byte,
        _ when itemType == typeof(short) => FormatCode.Short,
        _ when itemType == typeof(int) => FormatCode.Int,
        _ when itemType == typeof(long) => FormatCode.Long,
        _ when itemType == typeof(float) => FormatCode.Float,
        _ when itemType == typeof(double) => FormatCode.Double,
        _ when itemType == typeof(decimal) => FormatCode.Decimal128,
        _ when itemType == typeof(char) => FormatCode.Char,
        _ when itemType == typeof(DateTime) => FormatCode.Timestamp,
        _ when itemType == typeof(Guid) => FormatCode.Uuid,
        _ when itemType == typeof(byte[]) => FormatCode.Binary32,
        _ when itemType == typeof(string) => FormatCode.String32,
        _ when itemType == typeof(Symbol) => FormatCode.Symbol32,
        _ when itemType == typeof(List) => FormatCode.List32,
        _ when itemType == typeof(Map) => FormatCode.Map32,
        { IsSZArray: true } => FormatCode.Array32,
        _ => throw new AmqpException(ErrorCode.NotImplemented, $"An array of {itemType} has no AMQP encoding."),
    };
}
