using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>What becomes of a message of many frames that the peer decides about before it has all of it (2.6.14).</summary>
public class HalfWayTests
{
    private static readonly byte[] Body = new byte[2000];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_is_refused_half_way_is_aborted_and_the_next_one_goes_out(bool peerSettles)
    {
        await using var conversation = await Conversation.BeginAsync(incomingWindow: 1, open: ["peer", null, 512u]);
        var (sender, outcomes) = await SendFirstPartAsync(conversation);
        await conversation.SettleAsync(0, 0, new Rejected { Error = new Error("x:no") }, settled: peerSettles);
        await outcomes.WaitForAsync(1);
        sender.Send(Messages.OfBytes(1), outcomes.Add, 1);
        await conversation.GiveCreditAsync(9, deliveryCount: 1, nextIncomingId: 1, incomingWindow: 1000);

        if (!peerSettles)
        {
            Assert.Equal(true, (await conversation.Peer.ExpectAsync(Code.Disposition)).Field(3));
        }

        var aborted = await conversation.Peer.ExpectAsync(Code.Transfer);
        Assert.Equal((null, false, true), (aborted.Field(1), aborted.Field(5), aborted.Field(9)));
        Assert.Empty(aborted.Payload);
        var next = await conversation.Peer.ExpectAsync(Code.Transfer);
        Assert.Equal((1u, false), (next.Field(1), next.Field(5)));
        await conversation.SettleAsync(1, 1, new Accepted());
        var all = await outcomes.WaitForAsync(2);
        Assert.Equal([0, 1], all.Select(result => (int)result.State));
        Assert.Equal("x:no", Assert.IsType<Rejected>(all[0].Outcome).Error.Condition);
    }

    [Fact]
    public async Task A_message_that_is_accepted_half_way_is_sent_to_its_end()
    {
        await using var conversation = await Conversation.BeginAsync(incomingWindow: 1, open: ["peer", null, 512u]);
        var (_, outcomes) = await SendFirstPartAsync(conversation);
        await conversation.SettleAsync(0, 0, new Accepted());
        Assert.IsType<Accepted>((await outcomes.WaitForAsync(1))[0].Outcome);
        await conversation.GiveCreditAsync(9, deliveryCount: 1, nextIncomingId: 1, incomingWindow: 1000);

        PeerFrame transfer;
        do
        {
            transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
            Assert.NotEmpty(transfer.Payload);
        }
        while (transfer.Field(5) is true);
    }

    [Fact]
    public async Task Nothing_follows_on_a_link_that_the_peer_detaches_half_way()
    {
        await using var conversation = await Conversation.BeginAsync(incomingWindow: 1, open: ["peer", null, 512u]);
        var (sender, outcomes) = await SendFirstPartAsync(conversation);
        sender.Send(Messages.OfBytes(1), outcomes.Add, 1);
        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true, new Error("x:gone")]);
        await conversation.Peer.ExpectAsync(Code.Detach);
        await conversation.Peer.SendAsync(0, Code.Flow, [1u, 1000u, 0u, 1000u]);

        var all = await outcomes.WaitForAsync(2);
        Assert.Equal([0, 1], all.Select(result => (int)result.State));
        Assert.All(all, result => Assert.Equal("x:gone", Assert.IsType<Rejected>(result.Outcome).Error.Condition));

        // The session lives, and no transfer of the dead link is in front of what comes next.
        var next = new SenderLink(conversation.Session, "next", "queue");
        await conversation.Peer.ExpectAsync(Code.Attach);
        Assert.False(next.IsClosed);
    }

    [Fact]
    public async Task The_last_part_of_a_message_may_not_make_it_too_large_either()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync(new Attach { Source = new Source(), Target = new Target(), MaxMessageSize = 1000 });
        receiver.SetCredit(10);
        await conversation.Peer.ExpectAsync(Code.Flow);

        await conversation.TransferAsync(0, Messages.Encoded(new byte[2000]));

        await conversation.Peer.ExpectAsync(Code.Detach);
        Assert.Equal(ErrorCode.MessageSizeExceeded, receiver.Error.Condition);
    }

    [Fact]
    public async Task A_receiver_that_settles_second_says_its_outcome_waits_for_the_sender_and_gets_its_credit_back_once()
    {
        await using var conversation = await Conversation.BeginAsync();
        var attach = new Attach { Source = new Source(), Target = new Target(), RcvSettleMode = ReceiverSettleMode.Second };
        var receiver = await conversation.AttachReceiverAsync(attach);
        receiver.SetCredit(2, CreditMode.Auto, flowThreshold: 2);
        await conversation.Peer.ExpectAsync(Code.Flow);
        for (var id = 0u; id < 2; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded((byte)id));
            var message = await receiver.ReceiveAsync().InTime();
            receiver.Accept(message);
            receiver.Accept(message); // a second time changes nothing
            var disposition = await conversation.Peer.ExpectAsync(Code.Disposition);
            Assert.Equal((true, id, false), (disposition.Field(0), disposition.Field(1), disposition.Field(3)));
            await conversation.Peer.SendAsync(0, Code.Disposition, [false, id, null, true, new Accepted()]);
        }

        // Two were settled: all of the credit is back, counted from two.
        var flow = await conversation.Peer.ExpectAsync(Code.Flow);
        Assert.Equal((2u, 2u), (flow.Field(5), flow.Field(6)));
        receiver.SetCredit(7, CreditMode.Manual);
        flow = await conversation.Peer.ExpectAsync(Code.Flow);
        Assert.Equal((2u, 7u), (flow.Field(5), flow.Field(6)));
    }

    private static async Task<(SenderLink Sender, Outcomes Outcomes)> SendFirstPartAsync(Conversation conversation)
    {
        var sender = await conversation.AttachSenderAsync(incomingWindow: 1);
        var outcomes = new Outcomes();
        sender.Send(Messages.OfBytes(Body), outcomes.Add, 0);
        Assert.Equal(true, (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(5));
        return (sender, outcomes);
    }
}
