using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>How many messages a sender may have on their way: the link's credit (2.6.7), the session's window (2.5.6).</summary>
public class SenderCreditTests
{
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
}
