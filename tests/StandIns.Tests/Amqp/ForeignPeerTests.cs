using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Tests.Harness;

namespace StandIns.Tests.Amqp;

/// <summary>
/// With implementations that are not ours: what this client sends is read there as it was meant, and the other way round, with every
/// property and every type of application property.
/// </summary>
public class ForeignPeerTests
{
    private static readonly DateTime Time = DateTime.UnixEpoch.AddMilliseconds(1767323045006);
    private static readonly Guid Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    /// <summary>What is sent, how rhea shows it, and how Proton does.</summary>
    private static readonly (string Name, object? Value, string Rhea, string Proton)[] Values =
    [
        ("bool", true, "true", "bool True"),
        ("ubyte", (byte)200, "200", "ubyte 200"),
        ("ushort", (ushort)60000, "60000", "ushort 60000"),
        ("uint", 4_000_000_000, "4000000000", "uint 4000000000"),
        ("ulong", 5_000_000_000ul, "5000000000", "ulong 5000000000"),
        ("byte", (sbyte)-100, "-100", "byte -100"),
        ("short", (short)-30000, "-30000", "short -30000"),
        ("int", -2_000_000_000, "-2000000000", "int32 -2000000000"),
        ("long", -5_000_000_000, "-5000000000", "int -5000000000"),
        ("float", 1.5f, "1.5", "float32 1.5"),
        ("double", -2.25, "-2.25", "float -2.25"),
        ("char", 'å', "229", "char å"),
        ("time", Time, "1767323045006", "timestamp 1767323045006"),
        ("uuid", Uuid, "00112233445566778899aabbccddeeff", "UUID 00112233-4455-6677-8899-aabbccddeeff"),
        ("binary", new byte[] { 1, 2, 255 }, "0102ff", "bytes 0102ff"),
        ("string", "héllo €", "héllo €", "str héllo €"),
        ("symbol", new Symbol("sym"), "sym", "symbol sym"),
        ("nothing", null, "null", "NoneType None"),
    ];

    [RheaFact]
    public async Task Rhea_reads_what_is_sent_and_is_read()
    {
        await using var peer = await ForeignPeer.StartAsync(ForeignRuntime.Rhea!, ForeignScripts.Rhea);
        var expected = Values.ToDictionary(value => $"app.{value.Name}", value => value.Rhea);

        await ExchangeAsync(peer, expected, "true", "75736572", groupSequence: 4_000_000_000);
    }

    [ProtonFact]
    public async Task Proton_reads_what_is_sent_and_is_read()
    {
        await using var peer = await ForeignPeer.StartAsync(ForeignRuntime.Proton!, ForeignScripts.Proton);
        var expected = Values.ToDictionary(value => $"app.{value.Name}", value => value.Proton);

        // Its Python can set no more than a signed number.
        await ExchangeAsync(peer, expected, "True", "75736572", groupSequence: 1_000_000_000);
    }

    private static async Task ExchangeAsync(
        ForeignPeer peer, Dictionary<string, string> applicationProperties, string durable, string userId, uint groupSequence)
    {
        var connection = await new ConnectionFactory().CreateAsync(peer.Address).InTime();
        var session = new Session(connection);
        await new SenderLink(session, "sender", "queue").SendAsync(Sent(groupSequence)).InTime();
        var expected = new Dictionary<string, string>(applicationProperties)
        {
            ["durable"] = durable, ["priority"] = "7", ["ttl"] = "60000", ["message_id"] = "id", ["user_id"] = userId, ["to"] = "to",
            ["subject"] = "subject", ["reply_to"] = "reply", ["correlation_id"] = "42", ["content_type"] = "text/plain",
            ["content_encoding"] = "identity", ["absolute_expiry_time"] = "1767323045006", ["creation_time"] = "1767323045007",
            ["group_id"] = "group", ["group_sequence"] = $"{groupSequence}", ["reply_to_group_id"] = "reply-group", ["note.x-note"] = "noted",
            ["body"] = "070809",
        };
        var read = await peer.ReadAsync();
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), read.OrderBy(pair => pair.Key, StringComparer.Ordinal));

        var receiver = new ReceiverLink(session, "receiver", "queue");
        var message = await receiver.ReceiveAsync().InTime();
        receiver.Accept(message);
        CheckReceived(message, groupSequence);
        await connection.CloseAsync().InTime();
        Assert.Null(connection.Error);
    }

    private static Message Sent(uint groupSequence)
    {
        var message = new Message
        {
            Header = new Header { Durable = true, Priority = 7, Ttl = 60000 },
            MessageAnnotations = new MessageAnnotations { [new Symbol("x-note")] = "noted" },
            Properties = new Properties
            {
                MessageId = "id", UserId = "user"u8.ToArray(), To = "to", Subject = "subject", ReplyTo = "reply", ContentType = "text/plain",
                ContentEncoding = "identity", AbsoluteExpiryTime = Time, CreationTime = Time.AddMilliseconds(1), GroupId = "group",
                GroupSequence = groupSequence, ReplyToGroupId = "reply-group",
            },
            ApplicationProperties = new ApplicationProperties(),
            BodySection = new Data { Binary = [7, 8, 9] },
        };
        message.Properties.SetCorrelationId(42ul);
        foreach (var (name, value, _, _) in Values)
        {
            message.ApplicationProperties[name] = value;
        }

        return message;
    }

    private static void CheckReceived(Message message, uint groupSequence)
    {
        Assert.Equal((true, (byte)7, 60000u), (message.Header.Durable, message.Header.Priority, message.Header.Ttl));
        var properties = message.Properties;
        Assert.Equal(
            ["id", "to", "subject", "reply", "text/plain", "identity", "group", "reply-group"],
            new string[]
            {
                properties.MessageId, properties.To, properties.Subject, properties.ReplyTo, properties.ContentType, properties.ContentEncoding,
                properties.GroupId, properties.ReplyToGroupId,
            });
        Assert.Equal("user"u8.ToArray(), properties.UserId);
        Assert.Equal(42ul, properties.GetCorrelationId());
        Assert.Equal((Time, Time.AddMilliseconds(1)), (properties.AbsoluteExpiryTime, properties.CreationTime));
        Assert.Equal(groupSequence, properties.GroupSequence);
        Assert.Equal("noted", message.MessageAnnotations[new Symbol("x-note")]);
        Assert.Equal([7, 8, 9], (byte[])message.Body);
        foreach (var (name, value, _, _) in Values)
        {
            var read = message.ApplicationProperties[name];
            Assert.True(value?.GetType() == read?.GetType(), $"{name} is a {read?.GetType().Name}.");
            Assert.Equal(value, read);
        }

        Assert.Equal(Values.Length, message.ApplicationProperties.Map.Count);
    }
}
