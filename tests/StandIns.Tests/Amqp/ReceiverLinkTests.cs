using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

public class ReceiverLinkTests
{
    [Fact]
    public async Task Receiving_gives_credit_and_waits_for_a_message()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        var receiving = receiver.ReceiveAsync();
        var flow = await conversation.Peer.ExpectAsync(Code.Flow);
        Assert.Equal((0u, 0u, 200u), (flow.Field(4), flow.Field(5), flow.Field(6)));
        await conversation.TransferAsync(9, Messages.Encoded(1, 2));

        var message = await receiving.InTime();

        Assert.Equal([1, 2], (byte[])message.Body);
        Assert.Equal(BitConverter.GetBytes(9u), message.DeliveryTag);
        Assert.Null(await receiver.ReceiveAsync(TimeSpan.FromMilliseconds(20)).InTime());
        Assert.Null(receiver.Receive(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_message_is_settled_with_the_outcome_that_the_application_says()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(100);
        await conversation.Peer.ExpectAsync(Code.Flow);
        var settle = new Action<Message>[]
        {
            receiver.Accept,
            receiver.Release,
            message => receiver.Reject(message, new Error("x:bad")),
            message => receiver.Modify(message, deliveryFailed: true),
        };
        var outcomes = new List<object?>();
        foreach (var index in Enumerable.Range(0, settle.Length))
        {
            await conversation.TransferAsync((uint)index, Messages.Encoded(1));
            var message = await receiver.ReceiveAsync().InTime();
            settle[index](message);
            receiver.Accept(message); // once more does nothing
            var disposition = await conversation.Peer.ExpectAsync(Code.Disposition);
            Assert.Equal((true, (uint)index, true), (disposition.Field(0), disposition.Field(1), disposition.Field(3)));
            outcomes.Add(disposition.Field(4));
        }

        Assert.IsType<Accepted>(outcomes[0]);
        Assert.IsType<Released>(outcomes[1]);
        Assert.Equal("x:bad", Assert.IsType<Rejected>(outcomes[2]).Error.Condition);
        Assert.True(Assert.IsType<Modified>(outcomes[3]).DeliveryFailed);
    }

    [Fact]
    public async Task A_message_in_several_transfers_is_put_together_and_an_aborted_one_is_dropped()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(10);
        await conversation.Peer.ExpectAsync(Code.Flow);
        var encoded = Messages.Encoded([.. Enumerable.Range(0, 1000).Select(index => (byte)index)]);

        await conversation.TransferAsync(0, encoded[..100], more: true);
        await conversation.TransferAsync(null, [], aborted: true);
        await conversation.TransferAsync(1, encoded[..100], more: true);
        await conversation.TransferAsync(null, encoded[100..101], more: true);
        await conversation.TransferAsync(1, encoded[101..]);

        Assert.Equal(1000, ((byte[])(await receiver.ReceiveAsync().InTime()).Body).Length);
    }

    [Fact]
    public async Task A_message_without_end_closes_the_link_before_it_fills_the_memory()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync(new Attach { Source = new Source(), Target = new Target(), MaxMessageSize = 1000 });
        receiver.SetCredit(10);
        await conversation.Peer.ExpectAsync(Code.Flow);
        for (var part = 0; part < 3; part++)
        {
            await conversation.TransferAsync(part == 0 ? 0u : null, new byte[400], more: true);
        }

        var detach = await conversation.Peer.ExpectAsync(Code.Detach);

        Assert.Equal(ErrorCode.MessageSizeExceeded, ((Error)detach.Field(2)!).Condition);
        Assert.Equal(ErrorCode.MessageSizeExceeded, receiver.Error.Condition);
        Assert.False(conversation.Session.IsClosed);
    }

    [Fact]
    public async Task Those_who_wait_are_told_when_the_link_closes()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        var receiving = receiver.ReceiveAsync();
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true, new Error(ErrorCode.ResourceDeleted)]);

        Assert.Equal(ErrorCode.ResourceDeleted, (await Assert.ThrowsAsync<AmqpException>(() => receiving.InTime())).Error.Condition);
        await Assert.ThrowsAsync<AmqpException>(() => receiver.ReceiveAsync().InTime());
    }

    [Fact]
    public async Task A_message_of_a_closed_link_cannot_be_accepted()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        var receiving = receiver.ReceiveAsync();
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));
        var message = await receiving.InTime();
        await conversation.Peer.Stream.DisposeAsync();
        await conversation.ConnectionClosed.Task.InTime();

        Assert.Equal(ErrorCode.ConnectionForced, Assert.Throws<AmqpException>(() => receiver.Accept(message)).Error.Condition);
    }

    [Fact]
    public async Task Outcomes_of_a_batch_are_told_once_each_in_as_few_frames_as_wait()
    {
        const uint Count = 200;
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit((int)Count, CreditMode.Manual);
        await conversation.Peer.ExpectAsync(Code.Flow);
        var batch = new List<Message>();
        for (var id = 0u; id < Count; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded(1));
            batch.Add(await receiver.ReceiveAsync().InTime());
        }

        foreach (var message in batch)
        {
            if (message == batch[50])
            {
                receiver.Release(message);
            }
            else
            {
                receiver.Accept(message);
            }
        }

        var told = new List<(uint Id, Type Outcome)>();
        while (told.Count < Count)
        {
            var disposition = await conversation.Peer.ExpectAsync(Code.Disposition);
            var (first, last) = ((uint)disposition.Field(1)!, (uint)(disposition.Field(2) ?? disposition.Field(1)!));
            told.AddRange(Enumerable.Range((int)first, (int)(last - first) + 1).Select(id => ((uint)id, disposition.Field(4)!.GetType())));
        }

        Assert.Equal(Enumerable.Range(0, (int)Count).Select(id => ((uint)id, id == 50 ? typeof(Released) : typeof(Accepted))), told);
    }
}
