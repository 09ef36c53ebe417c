using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>A broker that dies or stops answering: no send hangs, none is reported twice, and what was accepted is there afterwards.</summary>
public class BrokerOutageTests(Brokers brokers) : IClassFixture<Brokers>
{
    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task Every_send_ends_once_when_the_broker_is_killed_and_what_was_accepted_is_there_when_it_is_back(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);
        await MakeQueueAsync(broker, "killed");
        var connection = await broker.ConnectAsync();
        var (sending, outcomes) = await SendUntilClosedAsync(connection, "killed");

        await broker.KillAsync();
        var all = await outcomes.WaitForAsync(await sending.InTime());
        var accepted = CheckOutcomes(all);
        Assert.Equal(ErrorCode.ConnectionForced, connection.Error.Condition);

        await broker.StartAsync();
        var next = await broker.ConnectAsync();
        var receiver = BrokerTests.AttachReceiver(new Session(next), "killed");
        var total = accepted.Count;
        while (accepted.Count > 0)
        {
            var message = await receiver.ReceiveAsync(Deadline.Default / 2).InTime();
            Assert.True(message is not null, $"{accepted.Count} of {total} accepted messages are lost, the first of them {accepted.Min()}.");
            receiver.Accept(message);
            accepted.Remove((int)BrokerTests.NumberOf(message));
        }

        await next.CloseAsync().InTime();
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task Every_send_ends_once_when_the_broker_stops_answering(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);
        var connection = await broker.ConnectAsync(configure: factory => factory.AMQP.IdleTimeout = 1000);
        var (sending, outcomes) = await SendUntilClosedAsync(connection, "paused");

        broker.Pause();
        try
        {
            var all = await outcomes.WaitForAsync(await sending.InTime());
            CheckOutcomes(all);
            Assert.Equal(ErrorCode.ResourceLimitExceeded, connection.Error.Condition); // silent for longer than the idle timeout
        }
        finally
        {
            broker.Resume();
        }

        var next = await broker.ConnectAsync();
        await BrokerTests.AttachSender(new Session(next), "resumed").SendAsync(BrokerTests.Event(1)).InTime();
        await next.CloseAsync().InTime();
    }

    /// <summary>Sends until the link is closed; done when the broker has accepted some, with a task that tells how many were sent.</summary>
    private static async Task<(Task<int> Sending, Outcomes Outcomes)> SendUntilClosedAsync(Connection connection, string queue)
    {
        var sender = BrokerTests.AttachSender(new Session(connection), queue);
        var outcomes = new Outcomes();
        var sending = Task.Run(() =>
        {
            // Far more than there is credit for: some have an outcome, some are on their way, some wait.
            var sent = 0;
            while (!sender.IsClosed)
            {
                try
                {
                    sender.Send(BrokerTests.Event(sent), outcomes.Add, sent);
                    sent++;
                }
                catch (AmqpException)
                {
                    break; // closed just now: this one has no outcome to come
                }

                SpinWait.SpinUntil(() => sent - outcomes.Count < 5000 || sender.IsClosed);
            }

            return sent;
        });
        await outcomes.WaitForAsync(500);
        return (sending, outcomes);
    }

    /// <summary>
    /// RabbitMQ 3.10 may forget a queue that it had made a moment before it was killed, and with the queue all that it had accepted (one time in ten
    /// here). What it knew when it was stopped in peace it does not forget.
    /// </summary>
    private static async Task MakeQueueAsync(TestBroker broker, string queue)
    {
        var connection = await broker.ConnectAsync();
        await BrokerTests.AttachSender(new Session(connection), queue).SendAsync(BrokerTests.Event(-1)).InTime();
        await connection.CloseAsync().InTime();
        await broker.StopAsync();
        await broker.StartAsync();
    }

    /// <returns>The numbers of those that were accepted.</returns>
    private static HashSet<int> CheckOutcomes(IReadOnlyList<(object State, Outcome Outcome)> all)
    {
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(result => (int)result.State).Order());
        Assert.All(all, result => Assert.True(result.Outcome is Accepted || result.Outcome is Rejected { Error: not null }));
        Assert.Contains(all, result => result.Outcome is Rejected);
        return [.. all.Where(result => result.Outcome is Accepted).Select(result => (int)result.State)];
    }
}
