namespace Benchmarks.Amqp;

/// <summary>
/// What <see cref="OwnClient"/> does, by other clients in their own languages: the same message, the same number in flight, each outcome
/// sends the next one.
/// </summary>
internal static class ForeignClients
{
    public const string Rhea = """
        const rhea = require('rhea');
        const readline = require('readline');
        const [address, queue, inFlight, bodySize] = process.argv.slice(1);
        const url = new URL(address);
        const body = rhea.message.data_section(Buffer.alloc(Number(bodySize)));
        let count = 0, sent = 0, accepted = 0, start, cpu;
        const connection = rhea.connect({ host: url.hostname, port: url.port, username: decodeURIComponent(url.username),
            password: decodeURIComponent(url.password), reconnect: false });
        const sender = connection.open_sender({ target: { address: queue, durable: 2, capabilities: 'queue' } });
        const fill = () => {
            while (sent < count && sent - accepted < inFlight && sender.sendable()) {
                sender.send({ durable: true, message_id: String(++sent), body });
            }
        };
        sender.once('sender_open', () => console.log('ready'));
        sender.on('sendable', fill);
        sender.on('accepted', () => {
            if (++accepted === count) {
                const used = process.cpuUsage(cpu);
                console.log(`${Number(process.hrtime.bigint() - start) / 1e9} ${(used.user + used.system) / 1e6}`);
            } else {
                fill();
            }
        });
        for (const bad of ['rejected', 'released', 'modified', 'sender_error', 'disconnected']) sender.on(bad, () => process.exit(1));
        readline.createInterface({ input: process.stdin }).on('line', line => {
            count = Number(line.split(' ')[1]);
            sent = accepted = 0;
            cpu = process.cpuUsage();
            start = process.hrtime.bigint();
            fill();
        });
        """;

    public const string Proton = """
        import sys, threading, time
        from urllib.parse import unquote, urlsplit
        from proton import Message, symbol
        from proton.handlers import MessagingHandler
        from proton.reactor import ApplicationEvent, Container, EventInjector, SenderOption

        address, queue, in_flight, body_size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        url = urlsplit(address)

        class Durable(SenderOption):
            def apply(self, sender):
                sender.target.durability = 2
                sender.target.capabilities.put_object(symbol('queue'))

        class Client(MessagingHandler):
            def __init__(self, injector):
                super().__init__(prefetch=0)
                self.injector, self.body, self.count, self.sent, self.accepted = injector, bytes(body_size), 0, 0, 0

            def on_start(self, event):
                event.container.selectable(self.injector)
                connection = event.container.connect('%s:%d' % (url.hostname, url.port), user=unquote(url.username),
                    password=unquote(url.password), allowed_mechs='PLAIN', reconnect=False)
                self.sender = event.container.create_sender(connection, queue, options=Durable())

            def on_link_opened(self, event):
                print('ready', flush=True)

            def on_command(self, event):
                self.count, self.sent, self.accepted = event.subject, 0, 0
                self.cpu, self.start = time.process_time(), time.perf_counter()
                self.fill()

            def on_sendable(self, event):
                self.fill()

            def fill(self):
                while self.sent < self.count and self.sent - self.accepted < in_flight and self.sender.credit > 0:
                    self.sent += 1
                    self.sender.send(Message(durable=True, id=str(self.sent), body=self.body, inferred=True))

            def on_accepted(self, event):
                self.accepted += 1
                if self.accepted == self.count:
                    print(time.perf_counter() - self.start, time.process_time() - self.cpu, flush=True)
                else:
                    self.fill()

            def on_rejected(self, event):
                sys.exit(1)

        injector = EventInjector()

        def read():
            for line in sys.stdin:
                injector.trigger(ApplicationEvent('command', subject=int(line.split()[1])))

        threading.Thread(target=read, daemon=True).start()
        Container(Client(injector)).run()
        """;
}
