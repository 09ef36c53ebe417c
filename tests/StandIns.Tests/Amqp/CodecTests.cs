using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

public class CodecTests
{
    public static TheoryData<object?> Values =>
    [
        null, true, false, (byte)0, byte.MaxValue, ushort.MaxValue, 0u, 255u, 256u, uint.MaxValue, 0ul, 255ul, 256ul, ulong.MaxValue,
        sbyte.MinValue, short.MinValue, -128, -129, 127, 128, int.MinValue, -128L, 128L, long.MinValue, 1.5f, float.NaN, -2.25, double.MaxValue,
        'å', 0m, 1.10m, -79228162514264337593543950335m, 0.0000000000000000000000000001m, new DateTime(2026, 1, 2, 3, 4, 5, 6, DateTimeKind.Utc),
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), "", "héllo", new string('x', 300), new Symbol("amqp:x"),
        new byte[] { 1, 2 }, new byte[300], new[] { 1, 2 }, new[] { "a", "b" }, new[] { new Symbol("s") }, new[] { true, false },
        new ulong[] { 1, ulong.MaxValue }, new List { 1, "two", null!, new List { 3u } }, new Map { ["k"] = 1, [new Symbol("s")] = new Map() },
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_read_as_it_was_written(object? value)
    {
        var buffer = new ByteBuffer(1);
        buffer.WriteObject(value);

        var reader = new AmqpReader(buffer.WrittenSpan);
        var read = reader.ReadObject();

        Assert.Equal(value?.GetType(), read?.GetType());
        Assert.Equal(value, read);
        Assert.True(reader.AtEnd);
    }

    // Written out by hand from the specification (1.6), so that writer and reader cannot be wrong together.
    [Theory]
    [InlineData("40", null)]
    [InlineData("5601", true)]
    [InlineData("5600", false)]
    [InlineData("43", 0u)]
    [InlineData("52ff", 255u)]
    [InlineData("70000000ff", 255u)]
    [InlineData("44", 0ul)]
    [InlineData("53ff", 255ul)]
    [InlineData("8000000000000000ff", 255ul)]
    [InlineData("51ff", (sbyte)-1)]
    [InlineData("61fffe", (short)-2)]
    [InlineData("54ff", -1)]
    [InlineData("71fffffffe", -2)]
    [InlineData("55ff", -1L)]
    [InlineData("81fffffffffffffffe", -2L)]
    [InlineData("723fc00000", 1.5f)]
    [InlineData("823ff8000000000000", 1.5)]
    [InlineData("7300000041", 'A')]
    [InlineData("730001f600", "😀")]
    [InlineData("a102c3a9", "é")]
    [InlineData("b100000002c3a9", "é")]
    public void Bytes_of_the_specification_are_read(string bytes, object? expected) => Assert.Equal(expected, Read(bytes));

    [Theory]
    [InlineData("743200000f", "1.5")] // a sign, the exponent 100 - 101, the coefficient 15
    [InlineData("7432800001", "1")]
    [InlineData("8431a000000000000f", "1.5")]
    [InlineData("84b1c0000000000001", "-1")]
    [InlineData("94303e000000000000000000000000000f", "1.5")]
    public void Decimals_of_every_width_are_read(string bytes, string expected) =>
        Assert.Equal(decimal.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Read(bytes));

    [Fact]
    public void Decimals_that_dotnet_has_not_become_doubles()
    {
        Assert.Equal(double.PositiveInfinity, Read("7478000000"));
        Assert.Equal(double.NegativeInfinity, Read("74f8000000"));
        Assert.Equal(double.NaN, Read("747c000000"));
    }

    [Fact]
    public void A_date_beyond_what_dotnet_has_is_the_latest_there_is() =>
        Assert.Equal(DateTime.MaxValue, (DateTime)Read("837fffffffffffffff")!, TimeSpan.FromMilliseconds(1));

    [Fact]
    public void One_symbol_stands_for_an_array_of_one()
    {
        var reader = new AmqpReader(Convert.FromHexString("a3057175657565"));
        Assert.Equal(["queue"], reader.ReadSymbols().Select(symbol => (string)symbol));
    }

    [Fact]
    public void A_descriptor_may_be_a_name()
    {
        var reader = new AmqpReader([FormatCode.Described, FormatCode.Symbol8, 18, .. "amqp:accepted:list"u8, FormatCode.List0]);
        Assert.IsType<Accepted>(reader.ReadObject());
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        var reader = new AmqpReader(Convert.FromHexString("005325c00403404142"));
        Assert.Equal(Code.Rejected, reader.ReadDescriptor());
        var rejected = new Rejected();
        rejected.DecodeValue(ref reader);
        Assert.Null(rejected.Error);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        var message = new Message
        {
            Header = new Header { Durable = true, Priority = 7, Ttl = 1000, DeliveryCount = 2 },
            DeliveryAnnotations = new DeliveryAnnotations { [new Symbol("x-d")] = 1 },
            MessageAnnotations = new MessageAnnotations { [new Symbol("x-m")] = "m" },
            Properties = new Properties
            {
                MessageId = "id", UserId = [1], To = "to", Subject = "subject", ReplyTo = "reply", CorrelationId = "correlation",
                ContentType = "application/json", ContentEncoding = "utf-8", CreationTime = DateTime.UnixEpoch,
                AbsoluteExpiryTime = DateTime.UnixEpoch.AddDays(1), GroupId = "group", GroupSequence = 3, ReplyToGroupId = "replies",
            },
            ApplicationProperties = new ApplicationProperties { ["cloudEvents:id"] = "id", ["version"] = 5L, ["none"] = null },
            BodySection = new Data { Binary = [1, 2, 3] },
            Footer = new Footer { [new Symbol("x-f")] = true },
        };
        var buffer = new ByteBuffer();
        message.Encode(buffer);

        var read = Message.Decode(buffer.WrittenSpan);

        Assert.True(read.Header.Durable);
        Assert.Equal(7, read.Header.Priority);
        Assert.Equal(1000u, read.Header.Ttl);
        Assert.False(read.Header.HasField(3));
        Assert.Equal(2u, read.Header.DeliveryCount);
        Assert.Equal(message.DeliveryAnnotations.Map, read.DeliveryAnnotations.Map);
        Assert.Equal(message.MessageAnnotations.Map, read.MessageAnnotations.Map);
        Assert.Equal(message.ApplicationProperties.Map, read.ApplicationProperties.Map);
        Assert.Equal(message.Footer.Map, read.Footer.Map);
        Assert.Equal([1, 2, 3], (byte[])read.Body);
        Assert.Equal(
            ("id", "to", "subject", "reply", "correlation", "group", 3u, "replies"),
            (read.Properties.MessageId, read.Properties.To, read.Properties.Subject, read.Properties.ReplyTo, read.Properties.CorrelationId,
                read.Properties.GroupId, read.Properties.GroupSequence, read.Properties.ReplyToGroupId));
        Assert.Equal("application/json", read.Properties.ContentType);
        Assert.Equal(DateTime.UnixEpoch, read.Properties.CreationTime);
        Assert.Equal(DateTime.UnixEpoch.AddDays(1), read.Properties.AbsoluteExpiryTime);
    }

    [Fact]
    public void Bodies_of_every_kind_are_read()
    {
        Assert.Equal("value", RoundTrip(new AmqpValue { Value = "value" }).Body);
        Assert.Equal(new List { 1, "a" }, RoundTrip(new AmqpSequence { List = new List { 1, "a" } }).Body);
        var sections = new DataList();
        sections.Add(new Data { Binary = [1] });
        sections.Add(new Data { Binary = [2] });
        Assert.Equal(2, Assert.IsType<DataList>(RoundTrip(sections).BodySection).Count);
    }

    [Fact]
    public void A_message_without_a_body_has_a_null_for_one_as_the_packages_has()
    {
        var buffer = new ByteBuffer();
        new Message { Properties = new Properties { Subject = "s" } }.Encode(buffer);
        Assert.Equal("005373C00704404040A1017300537740", Convert.ToHexString(buffer.WrittenSpan));
    }

    [Fact]
    public void Ids_may_be_of_every_type_that_the_specification_has()
    {
        foreach (var id in new object[] { "text", 5ul, Guid.NewGuid(), new byte[] { 1 } })
        {
            var properties = new Properties();
            properties.SetMessageId(id);
            properties.SetCorrelationId(id);
            var read = RoundTrip(new Message { Properties = properties }).Properties;
            Assert.Equal(id, read.GetMessageId());
            Assert.Equal(id, read.GetCorrelationId());
        }

        Assert.Throws<ArgumentException>(() => new Properties().SetMessageId(5));
    }

    private static object? Read(string bytes) => CodecTableTests.Read(Convert.FromHexString(bytes));

    private static Message RoundTrip(RestrictedDescribed body) => RoundTrip(new Message { BodySection = body });

    private static Message RoundTrip(Message message)
    {
        var buffer = new ByteBuffer();
        message.Encode(buffer);
        return Message.Decode(buffer.WrittenSpan);
    }
}
