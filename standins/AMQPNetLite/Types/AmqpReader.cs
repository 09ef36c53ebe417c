using System.Buffers.Binary;
using System.Text;
using Amqp.Framing;

namespace Amqp.Types;

/// <summary>
/// Reads values (1.6) from bytes that a peer sent, and trusts none of them: every length is checked against
/// what is there, nesting is bounded, and values that take no bytes of their own (an array of a thousand million times <c>true</c> is ten
/// bytes long) are bounded by a budget. What is malformed throws <see cref="AmqpException"/> with <see cref="ErrorCode.DecodeError"/>.
/// </summary>
internal ref partial struct AmqpReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 32;
    private const int FreeEmptyValues = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _depth;
    private int _emptyValues;

    public readonly bool AtEnd => _position == _bytes.Length;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    /// <summary>How many bytes have been read.</summary>
    public readonly int Position => _position;

    public static AmqpException Malformed(string description) => new(ErrorCode.DecodeError, description);

    public byte ReadFormatCode() => Take(1)[0];

    /// <summary>Reads a null if one comes next: a field that is not set.</summary>
    public bool TryReadNull()
    {
        if (AtEnd || _bytes[_position] != FormatCode.Null)
        {
            return false;
        }

        _position++;
        return true;
    }

    /// <summary>The bytes of a binary value, in place: they are good until the frame has been handled.</summary>
    public ReadOnlySpan<byte> ReadBinarySpan() => ReadFormatCode() switch
    {
        FormatCode.Binary8 => Take(Take(1)[0]),
        FormatCode.Binary32 => Take(ReadSize()),
        var code => throw Unexpected(code, "binary"),
    };

    public byte[] ReadBinary() => ReadBinarySpan().ToArray();

    public string ReadString() => ReadFormatCode() switch
    {
        FormatCode.String8 => ReadUtf8(Take(1)[0]),
        FormatCode.String32 => ReadUtf8(ReadSize()),
        var code => throw Unexpected(code, "string"),
    };

    public Symbol ReadSymbol() => ReadFormatCode() switch
    {
        FormatCode.Symbol8 => ReadAscii(Take(1)[0]),
        FormatCode.Symbol32 => ReadAscii(ReadSize()),
        var code => throw Unexpected(code, "symbol"),
    };

    /// <summary>A field that may have several values: none, one symbol, or an array of them (1.4).</summary>
    public Symbol[] ReadSymbols() => ReadObject() switch
    {
        Symbol symbol => [symbol],
        Symbol[] symbols => symbols,
        _ => throw Malformed("Expected a symbol or an array of symbols."),
    };

    /// <summary>Reads the descriptor of a described value and gives its number, also when the peer sent its name.</summary>
    public ulong ReadDescriptor()
    {
        if (ReadFormatCode() is var constructor and not FormatCode.Described)
        {
            throw Unexpected(constructor, "described value");
        }

        if (!NextIsSymbol())
        {
            return ReadULong();
        }

        var name = ReadSymbol();
        return Descriptors.TryGetNumber(name, out var number) ? number : throw Malformed($"Unknown descriptor '{name}'.");
    }

    private object ReadDescriptorValue() => NextIsSymbol() ? ReadSymbol() : ReadULong();

    private readonly bool NextIsSymbol() =>
        AtEnd ? throw Truncated() : _bytes[_position] is FormatCode.Symbol8 or FormatCode.Symbol32;

    private bool ReadBooleanByte() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed("A boolean is neither 0 nor 1."),
    };

    private ushort ReadUInt16Bytes() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private uint ReadUInt32Bytes() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    private ulong ReadUInt64Bytes() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>A four-byte size or count; none can be larger than what an array holds.</summary>
    private int ReadSize()
    {
        var size = ReadUInt32Bytes();
        return size <= int.MaxValue ? (int)size : throw Truncated();
    }

    private string ReadUtf8(int length)
    {
        try
        {
            return Utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("A string is not valid UTF-8.");
        }
    }

    private Symbol ReadAscii(int length)
    {
        var bytes = Take(length);
        return Ascii.IsValid(bytes) ? NameCache.Get(bytes).Symbol : throw Malformed("A symbol is not ASCII.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_bytes.Length - _position < count)
        {
            throw Truncated();
        }

        var taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    private static AmqpException Truncated() => Malformed("A value is longer than what contains it.");

    private static AmqpException Unexpected(byte code, string expected) =>
        Malformed($"Expected a {expected}, found format code 0x{code:x2}.");
}
