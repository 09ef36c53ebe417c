using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>A peer that answers for what is not there, twice, in another order than it was asked, or not at all.</summary>
public class PeerFaultTests
{
    private static readonly object?[] Windows = [0u, 1000u, 0u, 1000u];

    [Theory]
    [InlineData(Code.Attach)]
    [InlineData(Code.Flow)]
    [InlineData(Code.Transfer)]
    [InlineData(Code.Disposition)]
    [InlineData(Code.Detach)]
    [InlineData(Code.End)]
    public async Task A_frame_of_no_session_closes_the_connection(ulong code)
    {
        await using var conversation = await Conversation.BeginAsync();

        await conversation.Peer.SendAsync(5, code, FieldsOf(code, handle: 0));

        await ExpectCloseAsync(conversation, ErrorCode.NotAllowed);
    }

    [Theory]
    [InlineData(Code.Flow)]
    [InlineData(Code.Transfer)]
    [InlineData(Code.Detach)]
    public async Task A_frame_of_no_link_ends_the_session_only(ulong code)
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();

        await conversation.Peer.SendAsync(0, code, FieldsOf(code, handle: 9));

        await ExpectEndAsync(conversation, ErrorCode.UnattachedHandle);
        await TestPolling.UntilAsync(() => sender.IsClosed);
        Assert.Equal(ErrorCode.UnattachedHandle, sender.Error.Condition);
    }

    [Fact]
    public async Task A_channel_that_the_client_does_not_have_closes_the_connection()
    {
        await using var conversation = await Conversation.OpenAsync(configure: factory => factory.AMQP.MaxSessionsPerConnection = 4);
        _ = new Session(conversation.Connection);
        await conversation.Peer.ExpectAsync(Code.Begin);

        await conversation.Peer.SendAsync(4, Code.Begin, [(ushort)0, 0u, 1000u, 1000u]);

        await ExpectCloseAsync(conversation, ErrorCode.FramingError);
    }

    [Fact]
    public async Task A_handle_that_the_session_does_not_have_closes_the_connection()
    {
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { HandleMax = 3 });
        _ = new SenderLink(conversation.Session, "sender", "queue");
        await conversation.Peer.ExpectAsync(Code.Attach);

        await conversation.Peer.SendAsync(0, Code.Attach, ["sender", 4u, true, null, null, new Source(), new Target()]);

        await ExpectCloseAsync(conversation, ErrorCode.FramingError);
    }

    [Fact]
    public async Task A_second_answer_to_a_begin_closes_the_connection()
    {
        await using var conversation = await Conversation.BeginAsync();

        await conversation.Peer.SendAsync(1, Code.Begin, [(ushort)0, 0u, 1000u, 1000u]);

        await ExpectCloseAsync(conversation, ErrorCode.NotAllowed);
    }

    [Fact]
    public async Task A_second_answer_to_an_attach_ends_the_session()
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.AttachSenderAsync();

        await conversation.Peer.SendAsync(0, Code.Attach, ["sender", 1u, true, null, null, new Source(), new Target()]);

        await ExpectEndAsync(conversation, ErrorCode.NotAllowed);
    }

    [Fact]
    public async Task A_second_detach_ends_the_session()
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.AttachSenderAsync();
        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true]);
        await conversation.Peer.ExpectAsync(Code.Detach);

        await conversation.Peer.SendAsync(0, Code.Detach, [0u, true]);

        await ExpectEndAsync(conversation, ErrorCode.UnattachedHandle);
    }

    [Fact]
    public async Task A_second_end_closes_the_connection()
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.Peer.SendAsync(0, Code.End, []);
        await conversation.Peer.ExpectAsync(Code.End);

        await conversation.Peer.SendAsync(0, Code.End, []);

        await ExpectCloseAsync(conversation, ErrorCode.NotAllowed);
    }

    [Fact]
    public async Task Outcomes_told_twice_backwards_and_for_nothing_count_once()
    {
        const int Count = 20;
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var outcomes = new Outcomes();
        for (var index = 0; index < Count; index++)
        {
            sender.Send(Messages.OfBytes(1), outcomes.Add, index);
            await conversation.Peer.ExpectAsync(Code.Transfer);
        }

        for (var id = Count + 5; id-- > 0;)
        {
            await conversation.SettleAsync((uint)id, (uint)id, new Accepted());
            await conversation.SettleAsync((uint)id, (uint)id, new Rejected());
        }

        await conversation.SettleAsync(0, 1000, new Released());
        var all = await outcomes.WaitForAsync(Count);
        sender.Send(Messages.OfBytes(1), outcomes.Add, Count);
        await conversation.Peer.ExpectAsync(Code.Transfer);
        await conversation.SettleAsync(Count, Count, new Accepted());
        all = await outcomes.WaitForAsync(Count + 1);

        Assert.Equal(Enumerable.Range(0, Count).Reverse().Append(Count), all.Select(result => (int)result.State));
        Assert.All(all, result => Assert.IsType<Accepted>(result.Outcome));
    }

    [Fact]
    public async Task Sessions_and_links_may_be_answered_in_another_order()
    {
        await using var conversation = await Conversation.OpenAsync();
        var sessions = new[] { new Session(conversation.Connection), new Session(conversation.Connection) };
        await conversation.Peer.ExpectAsync(Code.Begin);
        await conversation.Peer.ExpectAsync(Code.Begin);
        await conversation.Peer.SendAsync(7, Code.Begin, [(ushort)1, 0u, 1000u, 1000u]);
        await conversation.Peer.SendAsync(3, Code.Begin, [(ushort)0, 0u, 1000u, 1000u]);
        var links = new[] { new SenderLink(sessions[1], "first", "a"), new SenderLink(sessions[1], "second", "b") };
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(7, Code.Attach, ["second", 0u, true, null, null, new Source(), new Target()]);
        await conversation.Peer.SendAsync(7, Code.Attach, ["first", 1u, true, null, null, new Source(), new Target()]);

        // Credit for the peer's handle 1 is the first link's.
        await conversation.Peer.SendAsync(7, Code.Flow, [.. Windows, 1u, 0u, 1u]);
        links[1].Send(Messages.OfBytes(2), null, null);
        links[0].Send(Messages.OfBytes(1), null, null);

        var transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
        Assert.Equal(((ushort)1, 0u), (transfer.Channel, (uint)transfer.Field(0)!));
        Assert.Equal(Messages.Encoded(1), transfer.Payload);
    }

    [Fact]
    public async Task A_link_and_a_session_close_without_the_peers_answer()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var outcomes = new Outcomes();
        sender.Send(Messages.OfBytes(1), outcomes.Add, null);

        await Assert.ThrowsAsync<TimeoutException>(() => sender.CloseAsync(TimeSpan.FromMilliseconds(30)).InTime());
        await Assert.ThrowsAsync<TimeoutException>(() => conversation.Session.CloseAsync(TimeSpan.FromMilliseconds(30)).InTime());
        await Assert.ThrowsAsync<TimeoutException>(() => conversation.Connection.CloseAsync(TimeSpan.FromMilliseconds(30)).InTime());

        Assert.IsType<Released>(Assert.Single(await outcomes.WaitForAsync(1)).Outcome);
        Assert.Null(await conversation.ConnectionClosed.Task.InTime());
    }

    [Fact]
    public async Task A_peer_that_never_answers_an_attach_keeps_nobody_waiting()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = new SenderLink(conversation.Session, "sender", "queue");
        var receiver = new ReceiverLink(conversation.Session, "receiver", "queue");

        await Assert.ThrowsAsync<TimeoutException>(() => sender.SendAsync(Messages.OfBytes(1), TimeSpan.FromMilliseconds(30)).InTime());
        Assert.Null(await receiver.ReceiveAsync(TimeSpan.FromMilliseconds(30)).InTime());
    }

    [Fact]
    public async Task An_outcome_that_comes_after_the_timeout_disturbs_nothing()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => sender.SendAsync(Messages.OfBytes(1), TimeSpan.FromMilliseconds(30)).InTime());
        await conversation.Peer.ExpectAsync(Code.Transfer);

        await conversation.SettleAsync(0, 0, new Accepted());
        var sending = sender.SendAsync(Messages.OfBytes(2));
        Assert.Equal(1u, (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(1));
        await conversation.SettleAsync(1, 1, new Accepted());

        await sending.InTime();
    }

    // How far the peer goes before it says nothing more, or hangs up.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Connecting_to_a_peer_that_falls_silent_or_hangs_up_ends(int steps)
    {
        await using var silent = new Peer();
        using var cancellation = new CancellationTokenSource();
        var waiting = new ConnectionFactory().CreateAsync(silent.Address(), cancellation.Token);
        await GoAsync(silent, steps);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        Assert.Equal(0, await DrainAsync(silent.Stream)); // the socket does not stay open

        await using var gone = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(gone.Address());
        await GoAsync(gone, steps);
        await gone.Stream.DisposeAsync();
        var exception = await Record.ExceptionAsync(() => connecting.InTime());
        Assert.True(exception is AmqpException or IOException or OperationCanceledException, exception?.ToString());
    }

    private static async Task GoAsync(Peer peer, int steps)
    {
        await peer.AcceptAsync();
        if (steps == 1)
        {
            await peer.SendBytesAsync("AMQP\u0003\u0001\0\0"u8.ToArray());
        }
        else if (steps >= 2)
        {
            await peer.AuthenticateAsync(0, "ANONYMOUS");
        }

        if (steps == 3)
        {
            await peer.ReadOpenAsync();
        }
    }

    private static async Task<int> DrainAsync(Stream stream)
    {
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().InTime() > 0)
            {
            }
        }
        catch (IOException)
        {
            // reset: closed too
        }

        return 0;
    }

    private static object?[] FieldsOf(ulong code, uint handle) => code switch
    {
        Code.Attach => ["sender", handle, true, null, null, new Source(), new Target()],
        Code.Flow => [.. Windows, handle, 0u, 1u],
        Code.Transfer => [handle, 0u, new byte[] { 1 }, 0u, false, false],
        Code.Disposition => [true, 0u, 0u, true, new Accepted()],
        Code.Detach => [handle, true],
        _ => [],
    };

    private static async Task ExpectCloseAsync(Conversation conversation, string condition)
    {
        var close = await conversation.Peer.ExpectAsync(Code.Close);
        Assert.Equal(condition, ((Error)close.Field(0)!).Condition);
        Assert.Equal(condition, (await conversation.ConnectionClosed.Task.InTime())!.Condition);
    }

    private static async Task ExpectEndAsync(Conversation conversation, string condition)
    {
        var end = await conversation.Peer.ExpectAsync(Code.End);
        Assert.Equal(condition, ((Error)end.Field(0)!).Condition);
        await TestPolling.UntilAsync(() => conversation.Session.IsClosed);
        Assert.False(conversation.Connection.IsClosed);
    }
}
