using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>What becomes of sends when their link, session or connection ends.</summary>
public class SenderEndTests
{
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
        Assert.Equal(condition, sender.Error?.Condition);
        await TestPolling.UntilAsync(() => sender.IsClosed);
        Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(1), outcomes.Add, null));
    }

    /// <summary>As seen of the package, at a callback: of a link that the peer detaches only the error tells that it is over.</summary>
    [Theory]
    [InlineData("detach", false)]
    [InlineData("end", true)]
    [InlineData("close", true)]
    public async Task Those_who_sent_are_told_with_the_error_there_and_before_a_detached_link_counts_as_closed(string how, bool isClosed)
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var told = new TaskCompletionSource<(bool IsClosed, Error? Error)>();
        sender.Send(Messages.OfBytes(1), (_, _, _, _) => told.SetResult((sender.IsClosed, sender.Error)), null);
        await conversation.Peer.ExpectAsync(Code.Transfer);
        var error = new Error("x:over");
        await (how switch
        {
            "detach" => conversation.Peer.SendAsync(0, Code.Detach, [0u, true, error]),
            "end" => conversation.Peer.SendAsync(0, Code.End, [error]),
            _ => conversation.Peer.SendAsync(0, Code.Close, [error]),
        });
        var seen = await told.Task.InTime();
        Assert.Equal((isClosed, "x:over"), (seen.IsClosed, (string?)seen.Error?.Condition));
        await TestPolling.UntilAsync(() => sender.IsClosed);
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
    public async Task Links_of_a_session_end_one_by_one()
    {
        await using var conversation = await Conversation.BeginAsync();
        var first = await conversation.AttachSenderAsync(name: "first", handle: 5);
        var second = await conversation.AttachSenderAsync(name: "second", handle: 6);
        await conversation.Peer.SendAsync(0, Code.Detach, [5u, true]);
        Assert.Equal(0u, (await conversation.Peer.ExpectAsync(Code.Detach)).Field(0));

        second.Send(Messages.OfBytes(1), null, null);

        Assert.Equal(1u, (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(0));
        await TestPolling.UntilAsync(() => first.IsClosed);
        Assert.False(second.IsClosed);
        Assert.Equal(0u, new SenderLink(conversation.Session, "third", "queue").Handle);
    }

    private static class ErrorCodes
    {
        public const string ResourceDeleted = "amqp:resource-deleted";
        public const string ConnectionForced = "amqp:connection:forced";
    }
}
