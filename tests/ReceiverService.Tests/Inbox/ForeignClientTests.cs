
namespace ReceiverService.Tests.Inbox;

/// <summary>Messages of third-party clients. They differ: text as a value, ids of other types, every type of property.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class ForeignClientTests(Infrastructure infrastructure) : IAsyncLifetime
{
    /// <summary>Sends three good messages (data, text with a uuid as its id, every type of property) and three bad ones.</summary>
    private const string Rhea = """
        const rhea = require('rhea'), crypto = require('crypto'), t = rhea.types;
        const [address, queue, a, b, c] = process.argv.slice(1);
        const url = new URL(address);
        const time = '2026-01-01T00:00:00Z';
        const body = (id, name) => JSON.stringify({ id, name, value: 1, createdAt: time, updatedAt: time });
        const data = text => rhea.message.data_section(Buffer.from(text));
        const good = { durable: true, subject: 'EntityItemCreated', content_type: 'application/json',
            application_properties: { 'aggregate-version': 1 } };
        const types = { bool: true, ubyte: t.wrap_ubyte(200), ushort: t.wrap_ushort(60000), uint: t.wrap_uint(4000000000),
            ulong: t.wrap_ulong(5000000000), byte: t.wrap_byte(-100), short: t.wrap_short(-30000),
            int: t.wrap_int(-2000000000), long: t.wrap_long(-5000000000), float: t.wrap_float(1.5),
            double: t.wrap_double(-2.25), char: t.wrap_char(229), time: t.wrap_timestamp(1767323045006), binary: t.wrap_binary(Buffer.from([1, 2, 255])),
            uuid: t.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex')), string: 'héllo €', symbol: t.wrap_symbol('sym'), nothing: null };
        const messages = [
            { ...good, message_id: crypto.randomUUID(), body: data(body(a, 'data')) },
            { ...good, message_id: 'no uuid', body: data(body(a, 'bad')) },
            { ...good, message_id: t.wrap_uuid(crypto.randomBytes(16)), body: body(b, 'text') },
            { ...good, message_id: crypto.randomUUID(), body: { a: 'map', list: [1, 2.5, null], binary: Buffer.from([255]) } },
            { ...good, message_id: crypto.randomUUID(), subject: 'Other',
                application_properties: { ...types, 'aggregate-version': 1 }, body: data('{}') },
            { ...good, message_id: crypto.randomUUID(),
                application_properties: { ...types, 'aggregate-version': t.wrap_uint(1) }, body: data(body(c, 'types')) },
        ];
        const connection = rhea.connect({ host: url.hostname, port: url.port, username: decodeURIComponent(url.username),
            password: decodeURIComponent(url.password), reconnect: false });
        const sender = connection.open_sender({ target: { address: queue, durable: 2, capabilities: 'queue' } });
        let accepted = 0;
        sender.once('sendable', () => messages.forEach(message => sender.send(message)));
        sender.on('accepted', () => { if (++accepted === messages.length) connection.close(); });
        for (const bad of ['rejected', 'released', 'modified', 'sender_error']) sender.on(bad, () => process.exit(1));
        """;

    private const string Proton = """
        import json, sys, uuid
        from urllib.parse import unquote, urlsplit
        from proton import *
        from proton.handlers import MessagingHandler
        from proton.reactor import Container, SenderOption

        address, queue, a, b, c = sys.argv[1:6]
        url = urlsplit(address)

        def body(id, name):
            time = '2026-01-01T00:00:00Z'
            return json.dumps({'id': id, 'name': name, 'value': 1, 'createdAt': time, 'updatedAt': time})

        types = {'bool': True, 'ubyte': ubyte(200), 'ushort': ushort(60000), 'uint': uint(4000000000), 'ulong': ulong(5000000000),
            'byte': byte(-100), 'short': short(-30000), 'int': int32(-2000000000), 'long': int(-5000000000), 'float': float32(1.5),
            'double': -2.25, 'char': char('å'), 'time': timestamp(1767323045006), 'uuid': uuid.UUID('00112233445566778899aabbccddeeff'),
            'binary': bytes([1, 2, 255]), 'string': 'héllo €', 'symbol': symbol('sym'), 'nothing': None}

        def message(id, body, properties={}, subject='EntityItemCreated', inferred=True):
            m = Message(body=body, durable=True, id=id, subject=subject, content_type='application/json', inferred=inferred)
            m.properties = {'aggregate-version': 1, **properties}
            return m

        messages = [
            message(str(uuid.uuid4()), body(a, 'data').encode()),
            message(ulong(7), body(a, 'bad').encode()),
            message(uuid.uuid4(), body(b, 'text'), inferred=False),
            message(str(uuid.uuid4()), {'a': 'map', 'list': [1, 2.5, None], 'binary': bytes([255])}, inferred=False),
            message(str(uuid.uuid4()), b'{}', types, 'Other'),
            message(str(uuid.uuid4()), body(c, 'types').encode(), {**types, 'aggregate-version': uint(1)}),
        ]

        class Durable(SenderOption):
            def apply(self, sender):
                sender.target.durability = 2
                sender.target.capabilities.put_object(symbol('queue'))

        class Client(MessagingHandler):
            accepted = sent = 0

            def on_start(self, event):
                connection = event.container.connect('%s:%d' % (url.hostname, url.port),
                    user=unquote(url.username), password=unquote(url.password),
                    allowed_mechs='PLAIN', allow_insecure_mechs=True, reconnect=False)
                event.container.create_sender(connection, queue, options=[Durable()])

            def on_sendable(self, event):
                while event.sender.credit and self.sent < len(messages):
                    event.sender.send(messages[self.sent])
                    self.sent += 1

            def on_accepted(self, event):
                self.accepted += 1
                if self.accepted == len(messages): event.connection.close()

        client = Client()
        Container(client).run()
        sys.exit(0 if client.accepted == len(messages) else 1)
        """;

    private readonly Guid[] _ids = [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7())];
    private RunningReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [RheaFact]
    public Task Messages_of_rhea_are_applied_or_kept_with_the_reason() => ExchangeAsync(ForeignRuntime.Rhea!, Rhea);

    [ProtonFact]
    public Task Messages_of_Proton_are_applied_or_kept_with_the_reason() => ExchangeAsync(ForeignRuntime.Proton!, Proton);

    private async Task ExchangeAsync(ForeignRuntime runtime, string script)
    {
        await runtime.RunAsync(script, [infrastructure.Broker, _receiver.Queue, .. _ids.Select(id => id.ToString())]);

        Assert.Equal("data", (await _receiver.ItemAsync(_ids[0], item => item is not null))!.Name);
        Assert.Equal("text", (await _receiver.ItemAsync(_ids[1], item => item is not null))!.Name);
        Assert.Equal("types", (await _receiver.ItemAsync(_ids[2], item => item is not null))!.Name);
        var letters = await _receiver.DeadLettersAsync(3);
        Assert.Equal(3, letters.Length);
        Assert.Contains("is unknown", letters[0].Reason, StringComparison.Ordinal);
        Assert.Contains("neither data nor text", letters[1].Reason, StringComparison.Ordinal);
        Assert.Equal("""{"a":"map","list":[1,2.5,null],"binary":"/w=="}""", letters[1].Preview.GetProperty("body").GetRawText());
        Assert.Contains("is no UUID", letters[2].Reason, StringComparison.Ordinal);
        Assert.Equal("héllo €", letters[0].Preview.GetProperty("application-properties").GetProperty("string").GetString());
    }
}
