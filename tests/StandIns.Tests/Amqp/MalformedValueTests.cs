using System.Buffers.Binary;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Bytes that are no value, or no message: each is a decode error (2.8.15), whatever it says of its size.</summary>
public class MalformedValueTests
{
    private static readonly int[] Numbers = [1, 2];
    private static readonly Symbol[] Symbols = [new("x")];

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("a105616263", "a string longer than what is there")]
    [InlineData("b1ffffffff61", "a string of four thousand million bytes")]
    [InlineData("a101ff", "no UTF-8")]
    [InlineData("a301ff", "no ASCII")]
    [InlineData("5602", "a boolean that is neither")]
    [InlineData("73ffffffff", "no code point")]
    [InlineData("7300110000", "no code point either")]
    [InlineData("c00105", "a list of more items than bytes")]
    [InlineData("c0030141", "a list shorter than its size")]
    [InlineData("c004024141ff", "a list longer than its size")]
    [InlineData("d0ffffffff00000001", "a list of four thousand million bytes")]
    [InlineData("c1020141", "a map with a key without a value")]
    [InlineData("c10502a10161", "a map cut off")]
    [InlineData("c10904a1016141a1016142", "a map with the same key twice")]
    [InlineData("c103024041", "a map with null as a key")]
    [InlineData("f000000005ffffffff41", "an array of four thousand million times true")]
    [InlineData("f000000009ffffffff5000000000", "an array of more items than bytes")]
    [InlineData("e0020100", "an array without a constructor")]
    [InlineData("ff00", "no format code")]
    [InlineData("0040", "a descriptor that is none")]
    public void Malformed_bytes_are_a_decode_error(string bytes, string what)
    {
        var exception = Assert.Throws<AmqpException>(() => Read(bytes));
        Assert.True(ErrorCode.DecodeError == exception.Error.Condition, what);
    }

    [Theory]
    [InlineData("c0", 60)]
    [InlineData("00", 100)]
    [InlineData("d0", 10_000)]
    public void Nesting_without_end_is_a_decode_error(string constructor, int depth)
    {
        var bytes = new List<byte>();
        for (var level = 0; level < depth; level++)
        {
            bytes.AddRange(constructor switch
            {
                "c0" => [0xc0, (byte)((depth - level) * 3 - 2), 1],
                "d0" => [0xd0, .. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness((depth - level) * 9 - 5)), 0, 0, 0, 1],
                _ => [0x00],
            });
        }

        bytes.Add(FormatCode.Null);
        var exception = Assert.Throws<AmqpException>(() => Read(Convert.ToHexString([.. bytes])));
        Assert.Equal(ErrorCode.DecodeError, exception.Error.Condition);
    }

    [Fact]
    public void Mutated_messages_are_read_or_are_a_decode_error()
    {
        var random = new Random(20261121);
        var buffer = new ByteBuffer();
        new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = "id", GroupId = "group", CreationTime = DateTime.UnixEpoch },
            ApplicationProperties = new ApplicationProperties { ["a"] = 1L, ["list"] = new List { 1, "b", Numbers } },
            BodySection = new AmqpValue { Value = new Map { ["k"] = Symbols, ["d"] = 1.5m } },
        }.Encode(buffer);

        for (var round = 0; round < 30_000; round++)
        {
            var bytes = buffer.WrittenSpan.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Message.Decode(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
            }
            catch (AmqpException exception)
            {
                Assert.True(ErrorCode.DecodeError == exception.Error.Condition, Convert.ToHexString(bytes));
            }
        }
    }

    private static object? Read(string bytes)
    {
        var reader = new AmqpReader(Convert.FromHexString(bytes));
        return reader.ReadObject();
    }
}
