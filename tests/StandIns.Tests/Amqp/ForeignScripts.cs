namespace StandIns.Tests.Amqp;

/// <summary>What the foreign peers do, each in its own language.</summary>
internal static class ForeignScripts
{
    /// <summary>rhea reads numbers without their types, and writes them with.</summary>
    public const string Rhea = """
        const rhea = require('rhea');
        const container = rhea.create_container();
        container.sasl_server_mechanisms.enable_anonymous();
        const show = v => Buffer.isBuffer(v) ? v.toString('hex') : v instanceof Date ? String(v.getTime()) : String(v);
        container.on('message', context => {
            const m = context.message;
            const names = ['durable', 'priority', 'ttl', 'message_id', 'user_id', 'to', 'subject', 'reply_to', 'correlation_id', 'content_type',
                'content_encoding', 'absolute_expiry_time', 'creation_time', 'group_id', 'group_sequence', 'reply_to_group_id'];
            for (const name of names) console.log(name + '=' + show(m[name]));
            for (const name in m.application_properties) console.log('app.' + name + '=' + show(m.application_properties[name]));
            for (const name in m.message_annotations) console.log('note.' + name + '=' + show(m.message_annotations[name]));
            console.log('body=' + show(m.body.content) + '\n');
        });
        const t = rhea.types;
        let sent = false;
        container.on('sendable', context => {
            if (sent) return;
            sent = true;
            context.sender.send({
                durable: true, priority: 7, ttl: 60000, message_id: 'id', user_id: Buffer.from('user'), to: 'to', subject: 'subject',
                reply_to: 'reply', correlation_id: t.wrap_ulong(42), content_type: 'text/plain', content_encoding: 'identity',
                absolute_expiry_time: new Date(1767323045006), creation_time: new Date(1767323045007), group_id: 'group', group_sequence: 4000000000,
                reply_to_group_id: 'reply-group', message_annotations: { 'x-note': 'noted' },
                application_properties: {
                    bool: true, ubyte: t.wrap_ubyte(200), ushort: t.wrap_ushort(60000), uint: t.wrap_uint(4000000000),
                    ulong: t.wrap_ulong(5000000000),
                    byte: t.wrap_byte(-100), short: t.wrap_short(-30000), int: t.wrap_int(-2000000000), long: t.wrap_long(-5000000000),
                    float: t.wrap_float(1.5), double: t.wrap_double(-2.25), char: t.wrap_char(229), time: t.wrap_timestamp(1767323045006),
                    uuid: t.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex')), binary: t.wrap_binary(Buffer.from([1, 2, 255])),
                    string: 'héllo €', symbol: t.wrap_symbol('sym'), nothing: null,
                },
                body: rhea.message.data_section(Buffer.from([7, 8, 9])),
            });
        });
        const server = container.listen({ port: 0, host: '127.0.0.1' });
        server.on('listening', () => console.log('port=' + server.address().port + '\n'));
        """;

    /// <summary>Proton tells the type of each value.</summary>
    public const string Proton = """
        import socket, uuid
        from proton import *
        from proton.handlers import MessagingHandler
        from proton.reactor import Container

        def show(v):
            if isinstance(v, (bytes, memoryview)): return bytes(v).hex()
            if isinstance(v, float): return repr(float(v))
            if isinstance(v, int) and not isinstance(v, bool): return str(int(v))
            return str(v)

        def typed(v):
            return type(v).__name__ + ' ' + show(v)

        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]

        class Peer(MessagingHandler):
            def on_start(self, event):
                event.container.listen('127.0.0.1:%d' % port)
                print('port=%d\n' % port, flush=True)

            def on_message(self, event):
                m = event.message
                lines = {'durable': m.durable, 'priority': m.priority, 'ttl': int(m.ttl * 1000), 'message_id': m.id, 'user_id': m.user_id,
                    'to': m.address, 'subject': m.subject, 'reply_to': m.reply_to, 'correlation_id': m.correlation_id, 'content_type': m.content_type,
                    'content_encoding': m.content_encoding, 'absolute_expiry_time': round(m.expiry_time * 1000),
                    'creation_time': round(m.creation_time * 1000),
                    'group_id': m.group_id, 'group_sequence': m.group_sequence % 2**32, 'reply_to_group_id': m.reply_to_group_id, 'body': m.body}
                for name, value in lines.items(): print(name + '=' + show(value))
                for name, value in m.properties.items(): print('app.' + name + '=' + typed(value))
                for name, value in (m.annotations or {}).items(): print('note.' + name + '=' + show(value))
                print(flush=True)

            def on_sendable(self, event):
                if hasattr(self, 'sent'): return
                self.sent = True
                m = Message(inferred=True, body=bytes([7, 8, 9]), durable=True, priority=7, ttl=60, id='id', user_id=b'user', address='to',
                    subject='subject', reply_to='reply', correlation_id=ulong(42), content_type='text/plain', content_encoding='identity',
                    expiry_time=1767323045.006, creation_time=1767323045.007, group_id='group', group_sequence=1000000000,
                    reply_to_group_id='reply-group')
                m.annotations = {symbol('x-note'): 'noted'}
                m.properties = {'bool': True, 'ubyte': ubyte(200), 'ushort': ushort(60000), 'uint': uint(4000000000), 'ulong': ulong(5000000000),
                    'byte': byte(-100), 'short': short(-30000), 'int': int32(-2000000000), 'long': int(-5000000000), 'float': float32(1.5),
                    'double': -2.25, 'char': char('å'), 'time': timestamp(1767323045006), 'uuid': uuid.UUID('00112233445566778899aabbccddeeff'),
                    'binary': bytes([1, 2, 255]), 'string': 'héllo €', 'symbol': symbol('sym'), 'nothing': None}
                event.sender.send(m)

        Container(Peer()).run()
        """;

    /// <summary>Sends back the body of each message that it gets.</summary>
    public const string RheaEcho = """
        const container = require('rhea').create_container();
        container.sasl_server_mechanisms.enable_anonymous();
        const waiting = [];
        let sender;
        const flush = () => { while (sender && sender.sendable() && waiting.length) sender.send(waiting.shift()); };
        container.on('message', context => { waiting.push({ body: context.message.body }); flush(); });
        container.on('sendable', context => { sender = context.sender; flush(); });
        const server = container.listen({ port: 0, host: '127.0.0.1' });
        server.on('listening', () => console.log('port=' + server.address().port + '\n'));
        """;

    /// <summary>The same; and three decimals for whoever asks for them.</summary>
    public const string ProtonEcho = """
        import socket
        from proton import *
        from proton.handlers import MessagingHandler
        from proton.reactor import Container

        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]

        class Echo(MessagingHandler):
            waiting, sender = [], None

            def on_start(self, event):
                event.container.listen('127.0.0.1:%d' % port)
                print('port=%d\n' % port, flush=True)

            def on_message(self, event):
                body = event.message.body
                if body == 'decimals':
                    body = [decimal32(0x3200000f), decimal64(0x31a000000000000f), decimal128(bytes.fromhex('303e000000000000000000000000000f'))]
                self.waiting.append(Message(body=body, inferred=event.message.inferred))
                self.flush()

            def on_sendable(self, event):
                self.sender = event.sender
                self.flush()

            def flush(self):
                while self.waiting and self.sender and self.sender.credit: self.sender.send(self.waiting.pop(0))

        Container(Echo()).run()
        """;
}
