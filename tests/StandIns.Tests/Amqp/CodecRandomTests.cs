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
            Assert.True(IsSame(value, CodecTableTests.Read(bytes)), $"Seed {Seed}, round {round}: {Convert.ToHexString(bytes)}");
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
                IsSame(message.ApplicationProperties.Map, read.ApplicationProperties.Map)
                && IsSame(message.MessageAnnotations.Map, read.MessageAnnotations.Map)
                && IsSame(message.Body, read.Body),
                $"Seed {Seed}, round {round}: {Convert.ToHexString(buffer.WrittenSpan)}");
        }
    }

    /// <summary>Equal in type too, all the way down.</summary>
    private static bool IsSame(object? expected, object? actual) => (expected, actual) switch
    {
        (null, null) => true,
        (DescribedValue one, DescribedValue other) => IsSame(one.Descriptor, other.Descriptor) && IsSame(one.Value, other.Value),
        (Map one, Map other) => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && IsSame(pair.Value, value)),
        (System.Collections.IList one, System.Collections.IList other) =>
            one.GetType() == other.GetType() && one.Count == other.Count && one.Cast<object?>().Zip(other.Cast<object?>()).All(pair => IsSame(pair.First, pair.Second)),
        _ => expected?.GetType() == actual?.GetType() && Equals(expected, actual),
    };
}
