namespace Amqp.Types;

/// <summary>Booleans, numbers and times, each in all of its layouts (1.6.2 to 1.6.17).</summary>
internal ref partial struct AmqpReader
{
    public bool ReadBoolean() => ReadFormatCode() switch
    {
        FormatCode.BooleanTrue => true,
        FormatCode.BooleanFalse => false,
        FormatCode.Boolean => ReadBooleanByte(),
        var code => throw Unexpected(code, "boolean"),
    };

    public byte ReadUByte() => ReadFormatCode() switch
    {
        FormatCode.UByte => Take(1)[0],
        var code => throw Unexpected(code, "ubyte"),
    };

    public ushort ReadUShort() => ReadFormatCode() switch
    {
        FormatCode.UShort => ReadUInt16Bytes(),
        var code => throw Unexpected(code, "ushort"),
    };

    public uint ReadUInt() => ReadFormatCode() switch
    {
        FormatCode.SmallUInt => Take(1)[0],
        FormatCode.UInt => ReadUInt32Bytes(),
        FormatCode.UInt0 => 0,
        var code => throw Unexpected(code, "uint"),
    };

    public ulong ReadULong() => ReadFormatCode() switch
    {
        FormatCode.SmallULong => Take(1)[0],
        FormatCode.ULong => ReadUInt64Bytes(),
        FormatCode.ULong0 => 0,
        var code => throw Unexpected(code, "ulong"),
    };

    public DateTime ReadTimestamp() => ReadFormatCode() switch
    {
        FormatCode.Timestamp => Timestamps.ToDateTime((long)ReadUInt64Bytes()),
        var code => throw Unexpected(code, "timestamp"),
    };
}
