using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>What brokers do with a message that its receiver has accepted, rejected, released or modified (3.4).</summary>
[Collection(nameof(Brokers))]
public class BrokerOutcomeTests(Brokers brokers)
{
    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_released_message_comes_again_and_an_accepted_one_does_not(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        await BrokerTests.AttachSender(session, "released").SendAsync(BrokerTests.Event(1)).InTime();

        var first = BrokerTests.AttachReceiver(session, "released");
        first.Release(await first.ReceiveAsync().InTime());
        first.Accept(await first.ReceiveAsync().InTime());
        await first.CloseAsync().InTime();

        await ExpectEmptyAsync(session, "released");
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_rejected_message_is_gone_and_the_next_one_comes(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = BrokerTests.AttachSender(session, "rejected");
        await sender.SendAsync(BrokerTests.Event(1)).InTime();
        await sender.SendAsync(BrokerTests.Event(2)).InTime();

        var receiver = BrokerTests.AttachReceiver(session, "rejected");
        receiver.Reject(await receiver.ReceiveAsync().InTime(), new Error("x:bad") { Description = "bad" });
        var second = await receiver.ReceiveAsync().InTime();
        receiver.Accept(second);
        Assert.Equal(2, BrokerTests.NumberOf(second));
        await receiver.CloseAsync().InTime();

        await ExpectEmptyAsync(session, "rejected");
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    public async Task A_modified_message_comes_again_and_was_counted(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        await BrokerTests.AttachSender(session, "modified").SendAsync(BrokerTests.Event(1)).InTime();

        var receiver = BrokerTests.AttachReceiver(session, "modified");
        receiver.Modify(await receiver.ReceiveAsync().InTime(), deliveryFailed: true);
        var again = await receiver.ReceiveAsync().InTime();
        receiver.Accept(again);

        Assert.Equal(1u, again.Header.DeliveryCount);
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [RabbitMq]
    public async Task A_modified_message_ends_the_session_of_a_broker_that_knows_no_such_thing_and_comes_again(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        await BrokerTests.AttachSender(session, "modified").SendAsync(BrokerTests.Event(1)).InTime();
        var receiver = BrokerTests.AttachReceiver(session, "modified");
        receiver.Modify(await receiver.ReceiveAsync().InTime(), deliveryFailed: true);

        var exception = await Assert.ThrowsAsync<AmqpException>(() => receiver.ReceiveAsync().InTime());

        Assert.Contains("modified", exception.Message, StringComparison.Ordinal);
        Assert.False(connection.IsClosed);
        var next = BrokerTests.AttachReceiver(new Session(connection), "modified");
        next.Accept(await next.ReceiveAsync().InTime());
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task What_a_connection_leaves_unsettled_comes_again_over_the_next_one(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);
        var first = await broker.ConnectAsync();
        var session = new Session(first);
        await BrokerTests.AttachSender(session, "left").SendAsync(BrokerTests.Event(7)).InTime();
        var receiver = BrokerTests.AttachReceiver(session, "left");
        var left = await receiver.ReceiveAsync().InTime();
        await first.CloseAsync().InTime();
        Assert.Throws<AmqpException>(() => receiver.Accept(left));

        var second = await broker.ConnectAsync();
        var next = BrokerTests.AttachReceiver(new Session(second), "left");
        var again = await next.ReceiveAsync().InTime();
        next.Accept(again);

        Assert.Equal(7, BrokerTests.NumberOf(again));
        await second.CloseAsync().InTime();
    }

    private static async Task ExpectEmptyAsync(Session session, string queue)
    {
        var receiver = BrokerTests.AttachReceiver(session, queue, "second");
        Assert.Null(await receiver.ReceiveAsync(TimeSpan.FromMilliseconds(200)).InTime());
    }
}
