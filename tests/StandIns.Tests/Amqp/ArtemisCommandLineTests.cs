using System.Globalization;
using System.Xml.Linq;
using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>With Artemis's own command line, which is a JMS client: what one sends the other reads, with every type of property.</summary>
[Collection(nameof(Brokers))]
public class ArtemisCommandLineTests(Brokers brokers)
{
    /// <summary>Name, type as the command line calls it, value.</summary>
    private static readonly (string Name, string Type, object Value)[] Properties =
    [
        ("text", "string", "héllo"), ("yes", "boolean", true), ("byte", "byte", (sbyte)-100), ("short", "short", (short)-30000),
        ("int", "int", -2_000_000_000), ("long", "long", 5_000_000_000L), ("float", "float", 1.5f), ("double", "double", -2.25),
    ];

    [Theory]
    [Artemis]
    public async Task What_the_command_line_produces_is_read(BrokerKind kind)
    {
        var broker = (ArtemisBroker)await brokers.GetAsync(kind);
        var properties = string.Join(",", Properties.Select(property =>
            $$"""{"type":"{{property.Type}}","key":"{{property.Name}}","value":"{{Text(property.Value)}}"}"""));

        string[] message = ["--message-count", "1", "--message", "héllo €", "--group", "g", "--properties", $"[{properties}]"];
        await broker.RunClientAsync("producer", "amqp", ["--destination", "queue://produced", .. message]);

        var connection = await broker.ConnectAsync();
        var receiver = BrokerTests.AttachReceiver(new Session(connection), "produced");
        var read = await receiver.ReceiveAsync().InTime();
        receiver.Accept(read);
        Assert.Equal("héllo €", read.Body);
        Assert.True(read.Header.Durable);
        Assert.Equal("g", read.Properties.GroupId);
        Assert.All(Properties, property => Assert.Equal(property.Value, read.ApplicationProperties[property.Name]));
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    public async Task What_is_sent_is_consumed_by_the_command_line(BrokerKind kind)
    {
        var broker = (ArtemisBroker)await brokers.GetAsync(kind);
        var connection = await broker.ConnectAsync();
        var sender = BrokerTests.AttachSender(new Session(connection), "consumed");
        await sender.SendAsync(Sent()).InTime();
        await sender.SendAsync(Sent()).InTime();
        await connection.CloseAsync().InTime();

        var output = await ConsumeAsync(broker, "amqp", "--verbose");
        Assert.Contains("Received héllo €", output, StringComparison.Ordinal);
        Assert.Contains("JMS Message ID:ID:mine", output, StringComparison.Ordinal);

        // Over Artemis's own protocol it writes down all that the broker has read of our message.
        var file = Path.Combine(Path.GetTempPath(), $"consumed-{Guid.NewGuid():N}.xml");
        await ConsumeAsync(broker, "core", "--data", file);
        var message = XDocument.Load(file).Root!.Element("message")!;
        File.Delete(file);
        Assert.Equal("héllo €", message.Element("body")!.Value.Trim());
        Assert.Equal("7", message.Attribute("priority")!.Value);
        var read = message.Element("properties")!.Elements().ToDictionary(
            property => property.Attribute("name")!.Value, property => (property.Attribute("type")!.Value, property.Attribute("value")!.Value));
        Assert.Equal(("simple-string", "g"), read["_AMQ_GROUP_ID"]);
        Assert.All(Properties, property => Assert.Equal((TypeInXml(property.Type), Text(property.Value)), read[property.Name]));
    }

    private static Task<string> ConsumeAsync(ArtemisBroker broker, string protocol, params IEnumerable<string> arguments) => broker.RunClientAsync(
        "consumer",
        protocol,
        ["--destination", "queue://consumed", "--message-count", "1", "--receive-timeout", "10000", "--break-on-null", .. arguments]);

    private static Message Sent()
    {
        var message = new Message("héllo €")
        {
            Header = new Header { Durable = true, Priority = 7 },
            Properties = new Properties { MessageId = "ID:mine", GroupId = "g" },
            ApplicationProperties = new ApplicationProperties(),
        };
        foreach (var (name, _, value) in Properties)
        {
            message.ApplicationProperties[name] = value;
        }

        return message;
    }

    private static string TypeInXml(string type) => type switch
    {
        "string" => "simple-string",
        "int" => "integer",
        _ => type,
    };

    private static string Text(object value) =>
        value is bool yes ? (yes ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
