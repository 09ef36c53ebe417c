using System.Net.Sockets;
using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>What the application sees of a broker that refuses: a connection, a link, a message.</summary>
[Collection(nameof(Brokers))]
public class BrokerRefusalTests(Brokers brokers)
{
    [Theory]
    [RabbitMq]
    public async Task A_message_larger_than_the_broker_allows_ends_its_session_and_the_connection_goes_on(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = BrokerTests.AttachSender(session, "too-large");
        var outcomes = new Outcomes();
        await sender.SendAsync(Messages.OfBytes(1)).InTime();
        foreach (var size in new[] { RabbitMqBroker.MaxMessageSize + 1, 10 })
        {
            sender.Send(Messages.OfBytes(new byte[size]), outcomes.Add, size);
        }

        var all = await outcomes.WaitForAsync(2);

        Assert.All(all, result => Assert.Equal(ErrorCode.PreconditionFailed, Assert.IsType<Rejected>(result.Outcome).Error.Condition));
        Assert.Equal(ErrorCode.PreconditionFailed, session.Error.Condition);
        Assert.Equal(ErrorCode.PreconditionFailed, Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(1))).Error.Condition);
        Assert.False(connection.IsClosed);
        await BrokerTests.AttachSender(new Session(connection), "too-large").SendAsync(BrokerTests.Event(1)).InTime();
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    public async Task Messages_for_which_the_broker_has_no_room_are_rejected_and_their_link_goes_on(BrokerKind kind)
    {
        const int Count = 60;
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var sender = BrokerTests.AttachSender(session, "refusing.queue");
        var outcomes = new Outcomes();
        for (var index = 0; index < Count; index++)
        {
            sender.Send(Messages.OfBytes(new byte[2000]), outcomes.Add, index);
        }

        var all = await outcomes.WaitForAsync(Count);

        // In no order: an acceptance waits for the broker's disk, a rejection does not.
        var refused = all.Where(result => result.Outcome is not Accepted).ToArray();
        var accepted = Count - refused.Length;
        Assert.InRange(accepted, 1, Count - 1);
        Assert.All(refused, result => Assert.Equal(ErrorCode.ResourceLimitExceeded, Assert.IsType<Rejected>(result.Outcome).Error.Condition));
        Assert.False(sender.IsClosed);
        var receiver = BrokerTests.AttachReceiver(session, "refusing.queue");
        for (; accepted > 0; accepted--)
        {
            receiver.Accept(await receiver.ReceiveAsync().InTime());
        }

        await sender.SendAsync(Messages.OfBytes(1)).InTime();
        receiver.Accept(await receiver.ReceiveAsync().InTime());
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [RabbitMq]
    public async Task Sends_beyond_the_brokers_credit_wait_and_are_all_accepted(BrokerKind kind)
    {
        // RabbitMQ gives 65,536 at once.
        const int Count = 100_000;
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var sender = BrokerTests.AttachSender(new Session(connection), "beyond");
        var outcomes = new Outcomes();
        Message? last = null;
        for (var index = 0; index < Count; index++)
        {
            last = Messages.OfBytes(1);
            sender.Send(last, outcomes.Add, index);
        }

        // One that waits can be taken back, one that is on its way cannot.
        sender.Cancel(last!);
        var all = await outcomes.WaitForAsync(Count);

        var takenBack = Assert.Single(all, result => result.Outcome is not Accepted);
        Assert.IsType<Released>(takenBack.Outcome);
        Assert.Equal(Count - 1, takenBack.State);
        Assert.Equal(Enumerable.Range(0, Count), all.Select(result => (int)result.State).Order());
        await connection.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_wrong_password_is_unauthorized_access(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);

        var exception = await Assert.ThrowsAsync<AmqpException>(() => broker.ConnectAsync("wrong"));

        Assert.Equal(ErrorCode.UnauthorizedAccess, exception.Error.Condition);
    }

    [Fact]
    public Task A_host_that_is_not_known_is_a_socket_exception() =>
        Assert.ThrowsAsync<SocketException>(() => new ConnectionFactory().CreateAsync(new Address("amqp://no-such-host.invalid")).InTime());

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_queue_that_is_not_there_is_not_found(BrokerKind kind)
    {
        var connection = await (await brokers.GetAsync(kind)).ConnectAsync();
        var session = new Session(connection);
        var address = kind == BrokerKind.Artemis ? "fixed.missing" : "/exchange/missing/key";
        var closed = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sender = BrokerTests.AttachSender(session, address);
        sender.AddClosedCallback((_, error) => closed.SetResult(error));

        await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(BrokerTests.Event(1)).InTime());

        Assert.Equal(ErrorCode.NotFound, (await closed.Task.InTime()).Condition);
        connection.Close(TimeSpan.Zero);
    }
}
