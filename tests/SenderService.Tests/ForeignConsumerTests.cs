using System.Net.Http.Json;
using System.Text.Json;
using SenderService.EntityItems;

namespace SenderService.Tests;

/// <summary>Third-party AMQP clients read the messages of the sender.</summary>
[Collection(SenderSuite.Name)]
public sealed class ForeignConsumerTests(Infrastructure infrastructure, SenderFixture fixture) : IClassFixture<SenderFixture>
{
    /// <summary>Takes one message and writes it as JSON.</summary>
    private const string Rhea = """
        const rhea = require('rhea');
        const [address, queue] = process.argv.slice(1);
        const url = new URL(address);
        const connection = rhea.connect({ host: url.hostname, port: url.port, username: decodeURIComponent(url.username),
            password: decodeURIComponent(url.password), reconnect: false });
        connection.open_receiver({ source: { address: queue, durable: 2, capabilities: 'queue' }, credit_window: 1 });
        connection.on('message', context => {
            const m = context.message;
            console.log(JSON.stringify({ id: m.message_id, subject: m.subject, contentType: m.content_type, groupId: m.group_id,
                correlationId: m.correlation_id, durable: m.durable, properties: m.application_properties,
                section: m.body.typecode, body: m.body.content.toString() }));
            context.delivery.accept();
            connection.close();
        });
        """;

    private const string Proton = """
        import json, sys
        from urllib.parse import unquote, urlsplit
        from proton import symbol
        from proton.handlers import MessagingHandler
        from proton.reactor import Container, ReceiverOption

        address, queue = sys.argv[1:3]
        url = urlsplit(address)

        class Durable(ReceiverOption):
            def apply(self, receiver):
                receiver.source.durability = 2
                receiver.source.capabilities.put_object(symbol('queue'))

        class Client(MessagingHandler):
            def on_start(self, event):
                connection = event.container.connect('%s:%d' % (url.hostname, url.port), user=unquote(url.username),
                    password=unquote(url.password), allowed_mechs='PLAIN', allow_insecure_mechs=True, reconnect=False)
                event.container.create_receiver(connection, queue, options=[Durable()])

            def on_message(self, event):
                m = event.message
                print(json.dumps({'id': m.id, 'subject': m.subject, 'contentType': m.content_type, 'groupId': m.group_id,
                    'correlationId': m.correlation_id, 'durable': m.durable, 'properties': dict(m.properties),
                    'section': 0x75 if m.inferred else 0x77, 'body': bytes(m.body).decode()}))
                event.connection.close()

        Container(Client()).run()
        """;

    [RheaFact]
    public Task Rhea_reads_the_published_messages() => ReadAsync(ForeignRuntime.Rhea!, Rhea);

    [ProtonFact]
    public Task Proton_reads_the_published_messages() => ReadAsync(ForeignRuntime.Proton!, Proton);

    private async Task ReadAsync(ForeignRuntime runtime, string script)
    {
        const int DataSection = 0x75;
        using var response = await fixture.Sender.Client.PostAsJsonAsync("/api/EntityItems", new { name = "héllo €", value = 12.5m });
        var item = (await response.Content.ReadFromJsonAsync<EntityItemResponse>())!;

        var written = await runtime.RunAsync(script, infrastructure.Broker, fixture.Sender.Queue);
        var read = JsonSerializer.Deserialize<ForeignView>(written, JsonSerializerOptions.Web)!;
        Assert.True(Guid.TryParse(read.Id, out _), read.Id);
        Assert.Equal(
            (nameof(EntityItemCreated), "application/json", item.Id.ToString(), true, DataSection),
            (read.Subject, read.ContentType, read.GroupId, read.Durable, read.Section));
        Assert.NotEmpty(read.CorrelationId);
        Assert.Equal(1, read.Properties["aggregate-version"].GetInt64());
        Assert.StartsWith($"{read.Id}:", read.Properties["_AMQ_DUPL_ID"].GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["1.0", read.Id, "/SenderService", nameof(EntityItemCreated), item.Id.ToString()],
            ((string[])["specversion", "id", "source", "type", "subject"])
                .Select(name => read.Properties[$"cloudEvents:{name}"].GetString()));
        var body = JsonSerializer.Deserialize<EntityItemCreated>(read.Body, JsonSerializerOptions.Web)!;
        Assert.Equal((item.Id, "héllo €", 12.5m), (body.Id, body.Name, body.Value));
    }

    private sealed record ForeignView(
        string Id,
        string Subject,
        string ContentType,
        string GroupId,
        string CorrelationId,
        bool Durable,
        Dictionary<string, JsonElement> Properties,
        int Section,
        string Body);
}
