using Amqp;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>
/// Part 1, section 1.6 of the specification, row by row: every encoding of every primitive type. The bytes were written out by hand, so that
/// writer and reader cannot be wrong together.
/// </summary>
public class CodecTableTests
{
    private static readonly DateTime Time = new(2026, 1, 2, 3, 4, 5, 6, DateTimeKind.Utc);
    private static readonly Guid Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    /// <summary>Section, constructor, data in that encoding, the value, and the whole of what the writer makes of the value.</summary>
    private static readonly (string Section, byte Code, string Data, object? Value, string Written)[] Rows =
    [
        ("1.6.1 null", 0x40, "", null, "40"),
        ("1.6.2 boolean", 0x56, "01", true, "41"),
        ("1.6.2 boolean true", 0x41, "", true, "41"),
        ("1.6.2 boolean false", 0x42, "", false, "42"),
        ("1.6.3 ubyte", 0x50, "c8", (byte)200, "50c8"),
        ("1.6.4 ushort", 0x60, "ea60", (ushort)60000, "60ea60"),
        ("1.6.5 uint", 0x70, "ee6b2800", 4_000_000_000, "70ee6b2800"),
        ("1.6.5 smalluint", 0x52, "ff", 255u, "52ff"),
        ("1.6.5 uint0", 0x43, "", 0u, "43"),
        ("1.6.6 ulong", 0x80, "000000012a05f200", 5_000_000_000ul, "80000000012a05f200"),
        ("1.6.6 smallulong", 0x53, "ff", 255ul, "53ff"),
        ("1.6.6 ulong0", 0x44, "", 0ul, "44"),
        ("1.6.7 byte", 0x51, "9c", (sbyte)-100, "519c"),
        ("1.6.8 short", 0x61, "8ad0", (short)-30000, "618ad0"),
        ("1.6.9 int", 0x71, "88ca6c00", -2_000_000_000, "7188ca6c00"),
        ("1.6.9 smallint", 0x54, "80", -128, "5480"),
        ("1.6.10 long", 0x81, "fffffffed5fa0e00", -5_000_000_000, "81fffffffed5fa0e00"),
        ("1.6.10 smalllong", 0x55, "7f", 127L, "557f"),
        ("1.6.11 float", 0x72, "3fc00000", 1.5f, "723fc00000"),
        ("1.6.12 double", 0x82, "c002000000000000", -2.25, "82c002000000000000"),
        ("1.6.13 decimal32", 0x74, "3200000f", 1.5m, "94303e000000000000000000000000000f"),
        ("1.6.14 decimal64", 0x84, "31a000000000000f", 1.5m, "94303e000000000000000000000000000f"),
        ("1.6.15 decimal128", 0x94, "303e000000000000000000000000000f", 1.5m, "94303e000000000000000000000000000f"),
        ("1.6.16 char", 0x73, "000000e5", 'å', "73000000e5"),
        ("1.6.17 timestamp", 0x83, "0000019b7ca98c8e", Time, "830000019b7ca98c8e"),
        ("1.6.18 uuid", 0x98, "00112233445566778899aabbccddeeff", Uuid, "9800112233445566778899aabbccddeeff"),
        ("1.6.19 vbin8", 0xa0, "020102", new byte[] { 1, 2 }, "a0020102"),
        ("1.6.19 vbin32", 0xb0, "000000020102", new byte[] { 1, 2 }, "a0020102"),
        ("1.6.20 str8-utf8", 0xa1, "02c3a9", "é", "a102c3a9"),
        ("1.6.20 str32-utf8", 0xb1, "00000002c3a9", "é", "a102c3a9"),
        ("1.6.21 sym8", 0xa3, "0161", new Symbol("a"), "a30161"),
        ("1.6.21 sym32", 0xb3, "0000000161", new Symbol("a"), "a30161"),
        ("1.6.22 list0", 0x45, "", new List(), "45"),
        ("1.6.22 list8", 0xc0, "0403434045", new List { 0u, null!, new List() }, "c00403434045"),
        ("1.6.22 list32", 0xd0, "00000006000000024340", new List { 0u, null! }, "c003024340"),
        ("1.6.23 map8", 0xc1, "0602a1016b5401", new Map { ["k"] = 1 }, "c10602a1016b5401"),
        ("1.6.23 map32", 0xd1, "0000000900000002a1016b5401", new Map { ["k"] = 1 }, "c10602a1016b5401"),
        ("1.6.24 array8", 0xe0, "04025401ff", new[] { 1, -1 }, "e00a027100000001ffffffff"),
        ("1.6.24 array32", 0xf0, "00000007000000025401ff", new[] { 1, -1 }, "e00a027100000001ffffffff"),
    ];

    public static TheoryData<string> Sections => [.. Rows.Select(row => row.Section)];

    [Fact]
    public void Every_constructor_that_is_not_in_the_table_is_a_decode_error()
    {
        Assert.Equal(39, Rows.Select(row => row.Code).Distinct().Count());
        foreach (var code in Enumerable.Range(1, 255).Select(code => (byte)code).Except(Rows.Select(row => row.Code)))
        {
            // In front of enough zeros for any width.
            Assert.Equal(ErrorCode.DecodeError, Assert.Throws<AmqpException>(() => Read([code, .. new byte[64]])).Error.Condition);
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_row_is_read_passed_over_and_written(string section)
    {
        var (bytes, value, written) = RowOf(section);

        AssertSame(value, Read(bytes));
        Assert.Equal(bytes.Length, Skip(bytes));
        Assert.Equal(written, Convert.ToHexStringLower(Write(value)));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ErrorCode.DecodeError, Assert.Throws<AmqpException>(() => Read(bytes[..length])).Error.Condition);
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_row_is_the_value_of_a_described_one_and_an_item_of_every_compound(string section)
    {
        var (bytes, value, _) = RowOf(section);
        var data = bytes[1..];

        var described = Assert.IsType<DescribedValue>(Read([0x00, 0xa3, 1, (byte)'d', .. bytes]));
        Assert.Equal(new Symbol("d"), described.Descriptor);
        AssertSame(value, described.Value);
        AssertSame(new List { value!, value! }, Read([0xc0, (byte)(1 + (2 * bytes.Length)), 2, .. bytes, .. bytes]));
        AssertSame(new Map { ["k"] = value! }, Read([0xc1, (byte)(4 + bytes.Length), 2, 0xa1, 1, (byte)'k', .. bytes]));

        // In arrays the constructor stands once, before the data of all items.
        var narrow = Assert.IsAssignableFrom<Array>(Read([0xe0, (byte)(2 + (2 * data.Length)), 2, bytes[0], .. data, .. data]));
        var wide = Assert.IsAssignableFrom<Array>(Read([0xf0, 0, 0, 0, (byte)(5 + (2 * data.Length)), 0, 0, 0, 2, bytes[0], .. data, .. data]));
        Assert.Equal([value, value], narrow.Cast<object?>());
        Assert.Equal([value, value], wide.Cast<object?>());
        Assert.Empty(Assert.IsAssignableFrom<Array>(Read([0xe0, 2, 0, bytes[0]])));
    }

    internal static object? Read(byte[] bytes)
    {
        var reader = new AmqpReader(bytes);
        var value = reader.ReadObject();
        Assert.True(reader.AtEnd);
        return value;
    }

    internal static byte[] Write(object? value)
    {
        var buffer = new ByteBuffer(1);
        buffer.WriteObject(value);
        return buffer.WrittenSpan.ToArray();
    }

    private static (byte[] Bytes, object? Value, string Written) RowOf(string section)
    {
        var row = Rows.Single(row => row.Section == section);
        return ([row.Code, .. Convert.FromHexString(row.Data)], row.Value, row.Written);
    }

    private static int Skip(byte[] bytes)
    {
        var reader = new AmqpReader(bytes);
        reader.Skip();
        return reader.Position;
    }

    private static void AssertSame(object? expected, object? actual)
    {
        Assert.Equal(expected?.GetType(), actual?.GetType());
        Assert.Equal(expected, actual);
    }
}
