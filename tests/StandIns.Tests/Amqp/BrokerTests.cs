using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Against brokers that are not ours, each in the same way where they behave in the same way.</summary>
[Collection(nameof(Brokers))]
public class BrokerTests(Brokers brokers)
{
    private static readonly Symbol[] QueueCapability = [new("queue")];

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task Ten_thousand_durable_sends_are_all_accepted_and_all_received_in_order(BrokerKind kind)
    {
        const int Count = 10_000;
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = AttachSender(session, "pipelined");
        var outcomes = new Outcomes();
        for (var index = 0; index < Count; index++)
        {
            sender.Send(Event(index), outcomes.Add, index);
        }

        var accepted = await outcomes.WaitForAsync(Count);
        Assert.All(accepted, result => Assert.IsType<Accepted>(result.Outcome));
        Assert.Equal(Enumerable.Range(0, Count), accepted.Select(result => (int)result.State).Order());

        var received = new List<Message>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiver = AttachReceiver(session, "pipelined");
        receiver.Start(300, (link, message) =>
        {
            received.Add(message);
            link.Accept(message);
            _ = received.Count == Count && all.TrySetResult();
        });
        await all.Task.InTime();

        Assert.Equal(Enumerable.Range(0, Count).Select(index => (long)index), received.Select(NumberOf));
        Assert.All(received, message => Assert.True(message.Header.Durable));
        var last = received[^1];
        Assert.Equal(("id-9999", "EntityItemCreated", "group"), (last.Properties.MessageId, last.Properties.Subject, last.Properties.GroupId));
        Assert.Equal("id-9999", last.ApplicationProperties["cloudEvents:id"]);
        Assert.Equal("application/json", last.Properties.ContentType);
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), last.Properties.CreationTime);
        Assert.Equal([1, 2, 3], (byte[])last.Body);
        await connection.CloseAsync().InTime();
        Assert.Null(connection.Error);
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task No_more_messages_come_than_there_is_credit(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = AttachSender(session, "credit");
        for (var index = 0; index < 7; index++)
        {
            await sender.SendAsync(Event(index)).InTime();
        }

        var receiver = AttachReceiver(session, "credit");
        receiver.SetCredit(3, CreditMode.Manual);
        var received = await TakeAsync(receiver, 3);
        Assert.Null(await receiver.ReceiveAsync(TimeSpan.FromMilliseconds(300)).InTime());
        receiver.SetCredit(4, CreditMode.Manual);
        received.AddRange(await TakeAsync(receiver, 4));

        Assert.Equal(Enumerable.Range(0, 7).Select(index => (long)index), received.Select(NumberOf));
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    public async Task Sends_wait_for_a_broker_without_room_and_go_out_when_there_is_some(BrokerKind kind)
    {
        const int Count = 3000;
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = AttachSender(session, "small.queue");
        var outcomes = new Outcomes();
        for (var index = 0; index < Count; index++)
        {
            sender.Send(Event(index), outcomes.Add, index);
        }

        // There is no credit for the last ones, whatever the time.
        await outcomes.WaitForAsync(100);
        var receiver = AttachReceiver(session, "small.queue");
        Assert.True(outcomes.Snapshot().Count < Count);
        for (var index = 0; index < Count; index++)
        {
            var message = await receiver.ReceiveAsync().InTime();
            receiver.Accept(message);
            Assert.Equal(index, NumberOf(message));
        }

        Assert.All(await outcomes.WaitForAsync(Count), result => Assert.IsType<Accepted>(result.Outcome));
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task Two_consumers_share_a_queue_and_one_takes_over_from_the_other(BrokerKind kind)
    {
        const int Count = 60;
        var broker = await brokers.GetAsync(kind);
        var connections = new[] { await broker.ConnectAsync(), await broker.ConnectAsync() };
        var receivers = connections.Select(connection => AttachReceiver(new Session(connection), "shared")).ToArray();
        var first = receivers[0].ReceiveAsync();
        var second = receivers[1].ReceiveAsync();
        var sender = AttachSender(new Session(connections[1]), "shared");
        for (var index = 0; index < Count; index++)
        {
            await sender.SendAsync(Event(index, group: null)).InTime();
        }

        // The first one has messages, settles one, and leaves: the second gets all but that one.
        var settled = await first.InTime();
        receivers[0].Accept(settled);
        await connections[0].CloseAsync().InTime();
        var received = new List<long> { NumberOf(settled) };
        for (var message = await second.InTime(); received.Count < Count; message = await receivers[1].ReceiveAsync().InTime())
        {
            receivers[1].Accept(message);
            received.Add(NumberOf(message));
            if (received.Count == Count)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(index => (long)index), received.Order());
        await connections[1].CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_message_of_many_frames_goes_there_and_back(BrokerKind kind)
    {
        var body = new byte[RabbitMqBroker.MaxMessageSize - 10_000];
        new Random(1).NextBytes(body);
        var broker = await brokers.GetAsync(kind);
        var connection = await broker.ConnectAsync(configure: factory => factory.AMQP.MaxFrameSize = 512);
        var session = new Session(connection);
        await AttachSender(session, "large").SendAsync(Messages.OfBytes(body)).InTime();

        var receiver = AttachReceiver(session, "large");
        var message = await receiver.ReceiveAsync().InTime();
        receiver.Accept(message);

        Assert.Equal(body, (byte[])message.Body);
        await connection.CloseAsync().InTime();
    }

    private static async Task<List<Message>> TakeAsync(ReceiverLink receiver, int count)
    {
        var messages = new List<Message>();
        while (messages.Count < count)
        {
            var message = await receiver.ReceiveAsync().InTime();
            receiver.Accept(message);
            messages.Add(message);
        }

        return messages;
    }

    internal static SenderLink AttachSender(Session session, string queue) =>
        new(session, "sender", new Target { Address = queue, Durable = 2, Capabilities = QueueCapability }, null);

    internal static ReceiverLink AttachReceiver(Session session, string queue, string name = "receiver") =>
        new(session, name, new Source { Address = queue, Durable = 2, Capabilities = QueueCapability }, null);

    internal static long NumberOf(Message message) => (long)message.ApplicationProperties["aggregate-version"];

    internal static Message Event(int index, string? group = "group") => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties
        {
            MessageId = $"id-{index}", Subject = "EntityItemCreated", GroupId = group, ContentType = "application/json",
            CreationTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        },
        ApplicationProperties = new ApplicationProperties
        {
            ["cloudEvents:id"] = $"id-{index}", ["_AMQ_DUPL_ID"] = Guid.NewGuid().ToString(), ["aggregate-version"] = (long)index,
        },
        BodySection = new Data { Binary = [1, 2, 3] },
    };
}
