using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Random values there and back. A failure tells its seed: set OUTBOXDEMO_SEED to it to see the same again.</summary>
public class CodecRandomTests
{
    private const int Rounds = 20_000;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("OUTBOXDEMO_SEED"), out var seed) ? seed : Random.Shared.Next();

    [Fact]
    public void Random_values_are_read_as_they_were_written()
    {
        var values = new RandomValues(new Random(Seed));
        for (var round = 0; round < Rounds; round++)
        {
            var value = values.Next();
            var bytes = CodecTableTests.Write(value);
            Assert.True(RandomValues.AreSame(value, CodecTableTests.Read(bytes)), $"Seed {Seed}, round {round}: {Convert.ToHexString(bytes)}");
        }
    }

    [Fact]
    public void Random_messages_are_read_as_they_were_written()
    {
        var values = new RandomValues(new Random(Seed));
        for (var round = 0; round < Rounds / 10; round++)
        {
            var message = new Message
            {
                ApplicationProperties = new ApplicationProperties { ["a"] = values.Next(), ["é"] = values.Next() },
                MessageAnnotations = new MessageAnnotations { [new Symbol("x-a")] = values.Next(), [(object)5ul] = values.Next() },
                BodySection = new AmqpValue { Value = values.Next() },
            };
            var buffer = new ByteBuffer(1);
            message.Encode(buffer);
            var read = Message.Decode(buffer.WrittenSpan);
            Assert.True(
                RandomValues.AreSame(message.ApplicationProperties.Map, read.ApplicationProperties.Map)
                && RandomValues.AreSame(message.MessageAnnotations.Map, read.MessageAnnotations.Map)
                && RandomValues.AreSame(message.Body, read.Body),
                $"Seed {Seed}, round {round}: {Convert.ToHexString(buffer.WrittenSpan)}");
        }
    }
}
