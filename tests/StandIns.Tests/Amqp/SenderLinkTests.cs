using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

public class SenderLinkTests
{
    [Fact]
    public async Task A_link_attaches_with_the_terminus_that_it_was_given()
    {
        await using var conversation = await Conversation.BeginAsync();
        var attached = new TaskCompletionSource<Attach>();
        var proposed = new Target { Address = "queue", Durable = 2, Capabilities = [new Symbol("queue")] };
        var sender = new SenderLink(conversation.Session, "name", proposed, (_, attach) => attached.SetResult(attach));
        var attach = await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(0, Code.Attach, ["name", 7u, true, null, null, new Source(), new Target { Address = "queue" }]);

        var target = Assert.IsType<Target>(attach.Field(6));
        Assert.Equal(("name", false), (attach.Field(0), attach.Field(2)));
        Assert.Equal(("queue", 2u), (target.Address, target.Durable));
        Assert.Equal(["queue"], target.Capabilities.Select(capability => (string)capability));
        Assert.Equal("queue", ((Target)(await attached.Task.InTime()).Target).Address);
        Assert.Equal(LinkState.Attached, sender.LinkState);
    }

    [Fact]
    public async Task A_link_that_the_peer_refuses_is_closed_with_its_error()
    {
        await using var conversation = await Conversation.BeginAsync();
        var closed = new TaskCompletionSource<Error>();
        var outcomes = new Outcomes();
        var sender = new SenderLink(conversation.Session, "name", "missing");
        sender.AddClosedCallback((_, error) => closed.SetResult(error));
        sender.Send(Messages.OfBytes(1), outcomes.Add, null);
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(0, Code.Attach, ["name", 0u, true]);
        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true, new Error(ErrorCode.NotFound)]);

        Assert.Equal(ErrorCode.NotFound, (await closed.Task.InTime()).Condition);
        Assert.Equal(ErrorCode.NotFound, ((Rejected)Assert.Single(await outcomes.WaitForAsync(1)).Outcome).Error.Condition);
        Assert.Equal(true, (await conversation.Peer.ExpectAsync(Code.Detach)).Field(1));
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(2), outcomes.Add, null)).Error.Condition);
        Assert.Single(outcomes.Snapshot());
    }

    [Fact]
    public async Task A_send_has_the_outcome_that_the_peer_tells()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var outcomes = new Outcomes();
        for (var index = 0; index < 5; index++)
        {
            sender.Send(Messages.OfBytes((byte)index), outcomes.Add, index);
            var transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
            Assert.Equal((uint)index, transfer.Field(1));
            Assert.Equal(Messages.Encoded((byte)index), transfer.Payload);
        }

        await conversation.SettleAsync(1, 1, new Rejected { Error = new Error("x:no") { Description = "no" } });
        await conversation.SettleAsync(2, 2, new Released());
        await conversation.SettleAsync(3, 3, new Modified { DeliveryFailed = true });
        await conversation.SettleAsync(0, 3, new Accepted());
        await conversation.SettleAsync(4, 4, null);
        var all = await outcomes.WaitForAsync(5);

        Assert.Equal([1, 2, 3, 0, 4], all.Select(result => (int)result.State));
        Assert.Equal("no", Assert.IsType<Rejected>(all[0].Outcome).Error.Description);
        Assert.IsType<Released>(all[1].Outcome);
        Assert.True(Assert.IsType<Modified>(all[2].Outcome).DeliveryFailed);
        Assert.IsType<Accepted>(all[3].Outcome);
        Assert.IsType<Released>(all[4].Outcome); // settled without an outcome: forgotten, not taken
    }

    [Fact]
    public async Task An_unsettled_outcome_is_settled_by_the_sender()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var sending = sender.SendAsync(Messages.OfBytes(1));
        await conversation.Peer.ExpectAsync(Code.Transfer);
        await conversation.SettleAsync(0, 0, new Accepted(), settled: false);
        await sending.InTime();

        var disposition = await conversation.Peer.ExpectAsync(Code.Disposition);
        Assert.Equal((false, 0u, true), (disposition.Field(0), disposition.Field(1), disposition.Field(3)));
    }

    [Fact]
    public async Task A_disposition_for_four_thousand_million_deliveries_costs_no_more_than_those_there_are()
    {
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { NextOutgoingId = uint.MaxValue - 1 });
        var sender = await conversation.AttachSenderAsync(credit: 0);
        await conversation.GiveCreditAsync(10, nextIncomingId: uint.MaxValue - 1);
        var outcomes = new Outcomes();
        for (var index = 0; index < 4; index++)
        {
            sender.Send(Messages.OfBytes(1), outcomes.Add, index);
            Assert.Equal(unchecked(uint.MaxValue - 1 + (uint)index), (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(1));
        }

        await conversation.SettleAsync(0x8000_0001, 0, new Accepted());
        Assert.Equal([0, 1, 2], (await outcomes.WaitForAsync(3)).Select(result => (int)result.State));
        await conversation.SettleAsync(0, 0x7fff_fffe, new Accepted());
        Assert.Equal(4, (await outcomes.WaitForAsync(4)).Count);
    }

    [Fact]
    public async Task Without_credit_sends_wait_and_can_be_taken_back()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 0);
        var outcomes = new Outcomes();
        var messages = Enumerable.Range(0, 4).Select(index => Messages.OfBytes((byte)index)).ToList();
        messages.ForEach(message => sender.Send(message, outcomes.Add, messages.IndexOf(message)));

        sender.Cancel(messages[1]);
        Assert.Equal(1, Assert.Single(await outcomes.WaitForAsync(1)).State);
        await conversation.GiveCreditAsync(2);
        Assert.Equal(Messages.Encoded(0), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
        Assert.Equal(Messages.Encoded(2), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
        sender.Cancel(messages[2]); // on its way: the peer decides
        await conversation.GiveCreditAsync(1, deliveryCount: 2, nextIncomingId: 2);
        Assert.Equal(Messages.Encoded(3), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
        await conversation.SettleAsync(0, 2, new Accepted());

        Assert.Equal([1, 0, 2, 3], (await outcomes.WaitForAsync(4)).Select(result => (int)result.State));
    }

    [Fact]
    public async Task Drained_credit_is_given_back()
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.AttachSenderAsync(credit: 5);
        await conversation.GiveCreditAsync(5, drain: true);

        var flow = await conversation.Peer.ExpectAsync(Code.Flow);

        Assert.Equal((0u, 5u, 0u), (flow.Field(4), flow.Field(5), flow.Field(6)));
    }

    [Fact]
    public async Task Credit_counts_what_is_on_its_way()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 2);
        sender.Send(Messages.OfBytes(1), null, null);
        sender.Send(Messages.OfBytes(2), null, null);
        await conversation.Peer.ExpectAsync(Code.Transfer);
        await conversation.Peer.ExpectAsync(Code.Transfer);

        // The peer had seen one message when it gave three more: one of those is used.
        sender.Send(Messages.OfBytes(3), null, null);
        sender.Send(Messages.OfBytes(4), null, null);
        sender.Send(Messages.OfBytes(5), null, null);
        await conversation.GiveCreditAsync(3, deliveryCount: 1, nextIncomingId: 1);
        Assert.Equal(Messages.Encoded(3), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
        Assert.Equal(Messages.Encoded(4), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
        await conversation.Connection.CloseAsync(TimeSpan.Zero);
        Assert.Equal(Code.Close, (await conversation.Peer.ReadAsync())!.Code);
    }

    [Fact]
    public async Task A_window_of_one_lets_one_transfer_through_at_a_time()
    {
        await using var conversation = await Conversation.BeginAsync(incomingWindow: 1, open: ["peer", null, 512u]);
        var sender = await conversation.AttachSenderAsync(incomingWindow: 1);
        var body = Enumerable.Range(0, 1500).Select(index => (byte)index).ToArray();
        var sending = sender.SendAsync(Messages.OfBytes(body));

        var received = new List<byte>();
        for (var transfers = 1u; ; transfers++)
        {
            var transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
            received.AddRange(transfer.Payload);
            if (transfer.Field(5) is not true)
            {
                break;
            }

            await conversation.GiveCreditAsync(99, deliveryCount: 1, nextIncomingId: transfers, incomingWindow: 1);
        }

        await conversation.SettleAsync(0, 0, new Accepted());
        await sending.InTime();
        Assert.Equal(body, (byte[])Message.Decode([.. received]).Body);
    }

    [Fact]
    public async Task A_message_larger_than_the_link_takes_is_rejected_and_the_link_lives()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = new SenderLink(conversation.Session, "sender", "queue");
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(0, Code.Attach, ["sender", 0u, true, null, null, new Source(), new Target(), null, null, null, 100ul]);
        await conversation.GiveCreditAsync(10);
        await TestPolling.UntilAsync(() => sender.LinkState == LinkState.Attached);

        var exception = await Assert.ThrowsAsync<AmqpException>(() => sender.SendAsync(Messages.OfBytes(new byte[200])).InTime());

        Assert.Equal(ErrorCode.MessageSizeExceeded, exception.Error.Condition);
        Assert.False(sender.IsClosed);
        _ = sender.SendAsync(Messages.OfBytes(1));
        await conversation.Peer.ExpectAsync(Code.Transfer);
    }

    [Fact]
    public async Task A_send_without_an_outcome_in_time_is_a_timeout_and_is_taken_back()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 0);

        await Assert.ThrowsAsync<TimeoutException>(() => sender.SendAsync(Messages.OfBytes(1), TimeSpan.FromMilliseconds(50)).InTime());
        Assert.Throws<TimeoutException>(() => sender.Send(Messages.OfBytes(2), TimeSpan.FromMilliseconds(50)));

        await conversation.GiveCreditAsync(10);
        sender.Send(Messages.OfBytes(3), null, null);
        Assert.Equal(Messages.Encoded(3), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
    }

    [Theory]
    [InlineData("detach", ErrorCodes.ResourceDeleted)]
    [InlineData("end", ErrorCodes.ResourceDeleted)]
    [InlineData("close", ErrorCodes.ResourceDeleted)]
    [InlineData("detach", null)]
    [InlineData("end", null)]
    [InlineData("close", null)]
    [InlineData("hang up", ErrorCodes.ConnectionForced)]
    public async Task Every_send_gets_exactly_one_result_when_the_peer_ends(string how, string? condition)
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 50);
        var outcomes = new Outcomes();
        for (var index = 0; index < 100; index++)
        {
            sender.Send(Messages.OfBytes(1), outcomes.Add, index);
        }

        for (var index = 0; index < 50; index++)
        {
            await conversation.Peer.ExpectAsync(Code.Transfer);
        }

        await conversation.SettleAsync(0, 9, new Accepted());
        var error = condition is null ? null : new Error(condition);
        await (how switch
        {
            "detach" => conversation.Peer.SendAsync(0, Code.Detach, [0u, true, error]),
            "end" => conversation.Peer.SendAsync(0, Code.End, [error]),
            "close" => conversation.Peer.SendAsync(0, Code.Close, [error]),
            _ => conversation.Peer.Stream.DisposeAsync().AsTask(),
        });
        var all = await outcomes.WaitForAsync(100);

        Assert.Equal(Enumerable.Range(0, 100), all.Select(result => (int)result.State));
        Assert.All(all.Take(10), result => Assert.IsType<Accepted>(result.Outcome));
        Assert.All(all.Skip(10), result => Assert.Equal(condition, (result.Outcome as Rejected)?.Error.Condition));
        Assert.All(all.Skip(10), result => Assert.Equal(condition is null, result.Outcome is Released));
        Assert.True(sender.IsClosed);
        Assert.Equal(condition, sender.Error?.Condition);
        Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(1), outcomes.Add, null));
    }

    [Fact]
    public async Task Outcomes_that_come_while_a_link_is_closed_count()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 2);
        var outcomes = new Outcomes();
        for (var index = 0; index < 3; index++)
        {
            sender.Send(Messages.OfBytes(1), outcomes.Add, index);
        }

        await conversation.Peer.ExpectAsync(Code.Transfer);
        await conversation.Peer.ExpectAsync(Code.Transfer);
        var closing = sender.CloseAsync();
        await conversation.Peer.ExpectAsync(Code.Detach);
        await conversation.SettleAsync(0, 0, new Accepted());
        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true]);
        await closing.InTime();

        var all = await outcomes.WaitForAsync(3);
        Assert.Equal([2, 0, 1], all.Select(result => (int)result.State));
        Assert.Equal([typeof(Released), typeof(Accepted), typeof(Released)], all.Select(result => result.Outcome.GetType()));
    }

    [Fact]
    public async Task Many_threads_send_on_one_link()
    {
        const int Threads = 16;
        const int Each = 200;
        await using var conversation = await Conversation.BeginAsync(incomingWindow: 100_000);
        var sender = await conversation.AttachSenderAsync(credit: 100_000, incomingWindow: 100_000);
        var outcomes = new Outcomes();
        var sending = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var index = 0; index < Each; index++)
            {
                sender.Send(Messages.OfBytes((byte)thread, (byte)index), outcomes.Add, (thread, index));
            }
        })));

        var arrived = new List<byte[]>();
        for (var id = 0u; id < Threads * Each; id++)
        {
            var transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
            Assert.Equal(id, transfer.Field(1));
            arrived.Add((byte[])Message.Decode(transfer.Payload).Body);
            await conversation.SettleAsync(id, id, new Accepted());
        }

        await sending.InTime();
        Assert.Equal(Threads * Each, (await outcomes.WaitForAsync(Threads * Each)).Distinct().Count());
        Assert.All(
            arrived.GroupBy(body => body[0], body => (int)body[1]),
            ofOneThread => Assert.Equal(Enumerable.Range(0, Each), ofOneThread));
    }

    [Fact]
    public async Task Links_of_a_session_end_one_by_one()
    {
        await using var conversation = await Conversation.BeginAsync();
        var first = await conversation.AttachSenderAsync(name: "first", handle: 5);
        var second = await conversation.AttachSenderAsync(name: "second", handle: 6);
        await conversation.Peer.SendAsync(0, Code.Detach, [5u, true]);
        Assert.Equal(0u, (await conversation.Peer.ExpectAsync(Code.Detach)).Field(0));

        second.Send(Messages.OfBytes(1), null, null);

        Assert.Equal(1u, (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(0));
        Assert.True(first.IsClosed);
        Assert.False(second.IsClosed);
        Assert.Equal(0u, new SenderLink(conversation.Session, "third", "queue").Handle);
    }

    [Fact]
    public async Task A_message_that_cannot_be_encoded_harms_nobody()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();

        Assert.Throws<AmqpException>(() => sender.Send(new Message(Version.Parse("1.0")), null, null));

        sender.Send(Messages.OfBytes(1), null, null);
        Assert.Equal(Messages.Encoded(1), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
    }

    private static class ErrorCodes
    {
        public const string ResourceDeleted = "amqp:resource-deleted";
        public const string ConnectionForced = "amqp:connection:forced";
    }
}
