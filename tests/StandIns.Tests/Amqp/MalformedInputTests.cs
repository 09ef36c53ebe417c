using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>
/// A peer that breaks the rules gets the error that the specification has for it, and the connection, session or link ends.
/// </summary>
public class MalformedInputTests
{
    [Theory]
    [InlineData("0000000402000000", "amqp:connection:framing-error", "a size less than the header")]
    [InlineData("7fffffff02000000", "amqp:connection:framing-error", "a size of two gigabytes")]
    [InlineData("ffffffff02000000", "amqp:connection:framing-error", "a size of four gigabytes")]
    [InlineData("0000000801000000", "amqp:connection:framing-error", "a body inside of the header")]
    [InlineData("00000008ff000000", "amqp:connection:framing-error", "a body behind the frame")]
    [InlineData("0000000802010000", "amqp:connection:framing-error", "a SASL frame")]
    [InlineData("000000090200000000", "amqp:decode-error", "half a descriptor")]
    [InlineData("0000000c0200000040404040", "amqp:decode-error", "no performative")]
    [InlineData("0000000c0200000000531045", "amqp:illegal-state", "a second open")]
    [InlineData("0000000c0200000000531145", "amqp:not-allowed", "a begin that answers none")]
    [InlineData("0000000c0200000500531745", "amqp:not-allowed", "an end of no session")]
    [InlineData("0000000c0200000000531345", "amqp:decode-error", "a flow without windows")]
    [InlineData("0000000c0200000000537045", "amqp:not-implemented", "a frame of a header section")]
    [InlineData("0000000c0200000000531445", "amqp:decode-error", "a transfer without a handle")]
    [InlineData("0000000c0200000000531545", "amqp:decode-error", "a disposition without deliveries")]
    public async Task A_frame_that_breaks_a_rule_closes_the_connection_with_its_error(string frame, string condition, string what)
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.AttachSenderAsync();

        await conversation.Peer.SendBytesAsync(Convert.FromHexString(frame));

        var close = await conversation.Peer.ExpectAsync(Code.Close);
        Assert.True(condition == ((Error)close.Field(0)!).Condition, what);
        Assert.Equal(condition, (await conversation.ConnectionClosed.Task.InTime())!.Condition);
        Assert.Null(await conversation.Peer.ReadAsync());
    }

    [Fact]
    public async Task A_handle_of_no_link_ends_the_session()
    {
        await using var conversation = await Conversation.BeginAsync();

        await conversation.TransferAsync(0, Messages.Encoded(1));

        var end = await conversation.Peer.ExpectAsync(Code.End);
        Assert.Equal(ErrorCode.UnattachedHandle, ((Error)end.Field(0)!).Condition);
        await TestPolling.UntilAsync(() => conversation.Session.IsClosed);
        Assert.False(conversation.Connection.IsClosed);
    }

    [Fact]
    public async Task A_handle_that_is_in_use_ends_the_session()
    {
        await using var conversation = await Conversation.BeginAsync();
        await conversation.AttachSenderAsync();
        _ = new SenderLink(conversation.Session, "second", "queue");
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(0, Code.Attach, ["second", 0u, true, null, null, new Source(), new Target()]);

        var end = await conversation.Peer.ExpectAsync(Code.End);
        Assert.Equal(ErrorCode.HandleInUse, ((Error)end.Field(0)!).Condition);
    }

    [Fact]
    public async Task More_transfers_than_the_window_takes_end_the_session()
    {
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { IncomingWindow = 0 });
        await conversation.AttachReceiverAsync();

        await conversation.TransferAsync(0, Messages.Encoded(1));

        var end = await conversation.Peer.ExpectAsync(Code.End);
        Assert.Equal(ErrorCode.WindowViolation, ((Error)end.Field(0)!).Condition);
    }

    [Fact]
    public async Task A_frame_may_arrive_byte_by_byte()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        var receiving = receiver.ReceiveAsync();
        await conversation.Peer.ExpectAsync(Code.Flow);
        byte[] frame = [0, 0, 0, 25, 2, 0, 0, 0, 0x00, 0x53, 0x14, 0xc0, 5, 3, 0x43, 0x43, 0xa0, 0, 0x00, 0x53, 0x75, 0xa0, 2, 7, 8];
        foreach (var part in frame)
        {
            await conversation.Peer.SendBytesAsync(new[] { part });
        }

        Assert.Equal([7, 8], (byte[])(await receiving.InTime()).Body);
    }

    [Fact]
    public async Task Mutated_frames_never_hang_the_client()
    {
        var random = new Random(19730502);
        for (var round = 0; round < 60; round++)
        {
            await using var conversation = await Conversation.BeginAsync();
            var receiver = await conversation.AttachReceiverAsync();
            receiver.SetCredit(100);
            await conversation.Peer.ExpectAsync(Code.Flow);
            var bytes = Recorded.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            await conversation.Peer.SendBytesAsync(bytes);
            await conversation.Peer.Stream.DisposeAsync();
            await conversation.ConnectionClosed.Task.InTime();
        }
    }

    /// <summary>A transfer, a flow, a disposition and a detach, one after the other.</summary>
    private static readonly byte[] Recorded =
    [
        .. Peer.Encode(0, 0, Code.Transfer, [0u, 0u, new byte[] { 1 }, 0u, false, false], Messages.Encoded(1, 2, 3)),
        .. Peer.Encode(0, 0, Code.Flow, [0u, 1000u, 0u, 1000u, 0u, 0u, 0u, null, false, true]),
        .. Peer.Encode(0, 0, Code.Disposition, [false, 0u, 0u, true, new Accepted()]),
        .. Peer.Encode(0, 0, Code.Detach, [0u, true, new Error(ErrorCode.ResourceDeleted) { Description = "gone" }]),
    ];
}
