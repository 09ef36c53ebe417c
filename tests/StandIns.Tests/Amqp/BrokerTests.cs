using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Against a broker that is not ours.</summary>
public class BrokerTests(ArtemisBroker broker) : IClassFixture<ArtemisBroker>
{
    private static readonly Symbol[] QueueCapability = [new("queue")];

    [BrokerFact]
    public async Task Durable_sends_are_all_accepted_and_all_received_in_order()
    {
        const int Count = 2000;
        var connection = await broker.ConnectAsync();
        var session = new Session(connection);
        var sender = AttachSender(session, "pipelined");
        var outcomes = new Outcomes();
        for (var index = 0; index < Count; index++)
        {
            sender.Send(Event(index), outcomes.Add, index);
        }

        var accepted = await outcomes.WaitForAsync(Count);
        Assert.All(accepted, result => Assert.IsType<Accepted>(result.Outcome));

        var received = new List<Message>();
        var all = new TaskCompletionSource();
        var receiver = AttachReceiver(session, "pipelined");
        receiver.Start(300, (link, message) =>
        {
            received.Add(message);
            link.Accept(message);
            _ = received.Count == Count && all.TrySetResult();
        });
        await all.Task.InTime();

        Assert.Equal(
            Enumerable.Range(0, Count).Select(index => (long)index),
            received.Select(message => (long)message.ApplicationProperties["aggregate-version"]));
        Assert.All(received, message => Assert.True(message.Header.Durable));
        var last = received[^1];
        Assert.Equal(("id-1999", "EntityItemCreated", "group"), (last.Properties.MessageId, last.Properties.Subject, last.Properties.GroupId));
        Assert.Equal("id-1999", last.ApplicationProperties["cloudEvents:id"]);
        Assert.Equal("application/json", last.Properties.ContentType);
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), last.Properties.CreationTime);
        Assert.Equal([1, 2, 3], (byte[])last.Body);
        await connection.CloseAsync().InTime();
        Assert.Null(connection.Error);
    }

    [BrokerFact]
    public async Task A_released_message_comes_again_and_an_accepted_one_does_not()
    {
        var connection = await broker.ConnectAsync();
        var session = new Session(connection);
        await AttachSender(session, "released").SendAsync(Event(1)).InTime();

        var first = AttachReceiver(session, "released");
        first.Release(await first.ReceiveAsync().InTime());
        first.Accept(await first.ReceiveAsync().InTime());
        await first.CloseAsync().InTime();

        var second = AttachReceiver(session, "released", "second");
        Assert.Null(await second.ReceiveAsync(TimeSpan.FromMilliseconds(200)).InTime());
        await connection.CloseAsync().InTime();
    }

    [BrokerFact]
    public async Task A_message_of_many_frames_goes_there_and_back()
    {
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        var connection = await broker.ConnectAsync();
        var session = new Session(connection);
        await AttachSender(session, "large").SendAsync(Messages.OfBytes(body)).InTime();

        var receiver = AttachReceiver(session, "large");
        var message = await receiver.ReceiveAsync().InTime();
        receiver.Accept(message);

        Assert.Equal(body, (byte[])message.Body);
        await connection.CloseAsync().InTime();
    }

    [BrokerFact]
    public async Task A_wrong_password_is_unauthorized_access()
    {
        var exception = await Assert.ThrowsAsync<AmqpException>(() => broker.ConnectAsync("wrong"));
        Assert.Equal(ErrorCode.UnauthorizedAccess, exception.Error.Condition);
    }

    [BrokerFact]
    public async Task Every_send_ends_when_the_broker_is_killed()
    {
        var mortal = new ArtemisBroker();
        try
        {
            await mortal.InitializeAsync();
            await SendUntilKilledAsync(mortal);
        }
        finally
        {
            await mortal.DisposeAsync();
        }
    }

    private static async Task SendUntilKilledAsync(ArtemisBroker mortal)
    {
        var connection = await mortal.ConnectAsync();
        var closed = new TaskCompletionSource<Error>();
        connection.AddClosedCallback((_, error) => closed.SetResult(error));
        var sender = AttachSender(new Session(connection), "killed");
        var outcomes = new Outcomes();
        var sent = 0;
        var sending = Task.Run(() =>
        {
            // Far more than there is credit for: some have an outcome, some are on their way, some wait.
            while (!sender.IsClosed && sent < 200_000)
            {
                try
                {
                    sender.Send(Event(sent), outcomes.Add, sent);
                    sent++;
                }
                catch (AmqpException)
                {
                    return; // closed just now: this one has no outcome to come
                }
            }
        });
        await outcomes.WaitForAsync(500);

        await mortal.KillAsync();

        await sending.InTime();
        var all = await outcomes.WaitForAsync(sent);
        Assert.Equal(ErrorCode.ConnectionForced, (await closed.Task.InTime()).Condition);
        Assert.Equal(Enumerable.Range(0, sent), all.Select(result => (int)result.State).Order());
        Assert.All(all, result => Assert.True(result.Outcome is Accepted || result.Outcome is Rejected { Error: not null }));
        Assert.Contains(all, result => result.Outcome is Rejected);
    }

    private static SenderLink AttachSender(Session session, string queue) =>
        new(session, "sender", new Target { Address = queue, Durable = 2, Capabilities = QueueCapability }, null);

    private static ReceiverLink AttachReceiver(Session session, string queue, string name = "receiver") =>
        new(session, name, new Source { Address = queue, Durable = 2, Capabilities = QueueCapability }, null);

    private static Message Event(int index) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties
        {
            MessageId = $"id-{index}", Subject = "EntityItemCreated", GroupId = "group", ContentType = "application/json",
            CreationTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        },
        ApplicationProperties = new ApplicationProperties
        {
            ["cloudEvents:id"] = $"id-{index}", ["_AMQ_DUPL_ID"] = Guid.NewGuid().ToString(), ["aggregate-version"] = (long)index,
        },
        BodySection = new Data { Binary = [1, 2, 3] },
    };
}
