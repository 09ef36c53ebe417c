using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>How many messages a receiver takes: the link's credit (2.6.7), the session's window (2.5.6).</summary>
public class ReceiverCreditTests
{
    [Fact]
    public async Task Credit_comes_back_as_messages_are_settled()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        var arrived = new List<Message>();
        receiver.Start(4, (_, message) => arrived.Add(message));
        Assert.Equal(4u, (await conversation.Peer.ExpectAsync(Code.Flow)).Field(6));
        for (var id = 0u; id < 4; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded(1));
        }

        await TestPolling.UntilAsync(() => arrived.Count == 4);
        receiver.Accept(arrived[0]);
        await conversation.Peer.ExpectAsync(Code.Disposition);
        receiver.Accept(arrived[1]);
        await conversation.Peer.ExpectAsync(Code.Disposition);

        var flow = await conversation.Peer.ExpectAsync(Code.Flow);
        Assert.Equal((4u, 2u), (flow.Field(5), flow.Field(6)));
    }

    [Fact]
    public async Task Manual_credit_does_not_come_back()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(1, CreditMode.Manual);
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));
        receiver.Accept(await receiver.ReceiveAsync().InTime());
        await conversation.Peer.ExpectAsync(Code.Disposition);

        receiver.SetCredit(3, CreditMode.Manual);

        var flow = await conversation.Peer.ExpectAsync(Code.Flow);
        Assert.Equal((1u, 3u), (flow.Field(5), flow.Field(6)));
    }

    [Fact]
    public async Task Draining_says_so_and_takes_the_peers_count()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(5, CreditMode.Drain);
        Assert.Equal(true, (await conversation.Peer.ExpectAsync(Code.Flow)).Field(8));
        await conversation.Peer.SendAsync(0, Code.Flow, [0u, 1000u, 0u, 1000u, 0u, 5u, 0u, null, true, true]);

        Assert.Equal((5u, 0u), await FlowAsync());

        async Task<(object?, object?)> FlowAsync()
        {
            var flow = await conversation.Peer.ExpectAsync(Code.Flow);
            return (flow.Field(5), flow.Field(6));
        }
    }

    [Fact]
    public async Task A_message_without_credit_closes_the_link()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(1);
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));
        await conversation.TransferAsync(1, Messages.Encoded(1));

        var detach = await conversation.Peer.ExpectAsync(Code.Detach);

        Assert.Equal(ErrorCode.TransferLimitExceeded, ((Error)detach.Field(2)!).Condition);
    }

    [Fact]
    public async Task A_peer_that_counts_renewed_credit_from_what_it_has_sent_is_borne_with_within_the_window()
    {
        const uint Window = 10;
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { IncomingWindow = Window });
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(1);
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));
        receiver.Accept(await receiver.ReceiveAsync().InTime()); // renews the credit of one
        for (var id = 1u; id <= 1 + Window; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded(1));
            Assert.NotNull(await receiver.ReceiveAsync().InTime());
        }

        await conversation.TransferAsync(2 + Window, Messages.Encoded(1));

        await TestPolling.UntilAsync(() => receiver.IsClosed);
        Assert.Equal(ErrorCode.TransferLimitExceeded, receiver.Error.Condition);
    }

    [Fact]
    public async Task The_sessions_window_opens_again_as_it_is_used()
    {
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { IncomingWindow = 2 });
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(100, CreditMode.Manual);
        await conversation.Peer.ExpectAsync(Code.Flow);
        for (var id = 0u; id < 5; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded(1));
            var flow = await conversation.Peer.ExpectAsync(Code.Flow);
            Assert.Equal((id + 1, 2u, null), (flow.Field(0), flow.Field(1), flow.Field(4)));
        }
    }
}
