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
    public async Task A_message_that_cannot_be_encoded_harms_nobody()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();

        Assert.Throws<AmqpException>(() => sender.Send(new Message(Version.Parse("1.0")), null, null));

        sender.Send(Messages.OfBytes(1), null, null);
        Assert.Equal(Messages.Encoded(1), (await conversation.Peer.ExpectAsync(Code.Transfer)).Payload);
    }
}
