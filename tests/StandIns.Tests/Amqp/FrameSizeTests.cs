using Amqp;
using Amqp.Framing;
using Amqp.Transport;

namespace StandIns.Tests.Amqp;

/// <summary>Frames split anywhere, the smallest frames, the smallest window, and messages of many frames.</summary>
public class FrameSizeTests
{
    private static readonly byte[] Body = [.. Enumerable.Range(0, 2000).Select(index => (byte)index)];

    /// <summary>One frame of every type, as a peer sends them.</summary>
    private static readonly byte[][] Frames =
    [
        Peer.Encode(0, 0, Code.Open, ["peer", null, 512u]),
        Peer.Encode(0, 0, Code.Begin, [(ushort)0, 0u, 1000u, 1000u]),
        Peer.Encode(0, 0, Code.Attach, ["sender", 0u, true, null, null, new Source(), new Target { Address = "queue" }]),
        Peer.Encode(0, 0, Code.Attach, ["receiver", 1u, false, null, null, new Source(), new Target(), null, null, 0u]),
        Peer.Encode(0, 0, Code.Flow, [0u, 1000u, 0u, 1000u, 0u, 0u, 10u]),
        [0, 0, 0, 8, 2, 0, 0, 0],
        Peer.Encode(0, 0, Code.Transfer, [1u, 0u, new byte[] { 1 }, 0u, false, true], Messages.Encoded(1, 2, 3).AsSpan(..5)),
        Peer.Encode(0, 0, Code.Transfer, [1u, null, null, null, false, false], Messages.Encoded(1, 2, 3).AsSpan(5..)),
        Peer.Encode(0, 0, Code.Disposition, [true, 0u, 0u, true, new Accepted()]),
        Peer.Encode(0, 0, Code.Detach, [0u, true, new Error("x:gone")]),
        Peer.Encode(0, 0, Code.End, [new Error("x:over")]),
        Peer.Encode(0, 0, Code.Close, [new Error("x:closed")]),
    ];

    [Fact]
    public async Task Frames_are_the_same_wherever_they_are_split()
    {
        var all = Frames.SelectMany(frame => frame).ToArray();
        for (var split = 0; split <= all.Length; split++)
        {
            Assert.Equal(Frames, await CutAsync(new Pieces(all[..split], all[split..])));
        }

        Assert.Equal(Frames, await CutAsync(new Pieces([.. all.Select(one => new[] { one })])));
    }

    [Fact]
    public async Task A_whole_connection_may_arrive_byte_by_byte()
    {
        await using var peer = new Peer { ByteByByte = true };
        var connecting = new ConnectionFactory().CreateAsync(peer.Address("user", "password"));
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(0, "PLAIN");
        await peer.ReadOpenAsync();
        await peer.SendBytesAsync(Frames[0]);
        var connection = await connecting.InTime();
        var session = new Session(connection);
        var sender = new SenderLink(session, "sender", "queue");
        var receiver = new ReceiverLink(session, "receiver", "queue");
        receiver.SetCredit(10);
        var sending = sender.SendAsync(Messages.OfBytes(1));
        foreach (var frame in Frames[1..8])
        {
            await peer.SendBytesAsync(frame);
        }

        Assert.Equal([1, 2, 3], (byte[])(await receiver.ReceiveAsync().InTime()).Body);
        while ((await peer.ReadAsync())!.Code != Code.Transfer)
        {
        }

        await peer.SendBytesAsync(Frames[8]);
        await sending.InTime();
        await peer.SendBytesAsync(Frames[9]);
        await TestPolling.UntilAsync(() => sender.IsClosed);
        await peer.SendBytesAsync(Frames[10]);
        await TestPolling.UntilAsync(() => session.IsClosed);
        await peer.SendBytesAsync(Frames[11]);
        await TestPolling.UntilAsync(() => connection.IsClosed);
        Assert.Equal(["x:gone", "x:over", "x:closed"], new AmqpObject[] { sender, session, connection }.Select(over => (string)over.Error.Condition));
    }

    [Fact]
    public async Task No_frame_is_larger_than_the_peer_takes()
    {
        await using var conversation = await Conversation.BeginAsync(open: ["peer", null, 512u]);
        var sender = await conversation.AttachSenderAsync();
        var sending = sender.SendAsync(Messages.OfBytes(Body));
        var received = new List<byte>();
        PeerFrame transfer;
        do
        {
            transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
            Assert.InRange(transfer.Size, 1, 512);
            Assert.True(transfer.Field(5) is not true || transfer.Size == 512, "A frame that another one follows is full.");
            received.AddRange(transfer.Payload);
        }
        while (transfer.Field(5) is true);
        await conversation.SettleAsync(0, 0, new Accepted());
        await sending.InTime();

        Assert.Equal(Body, (byte[])Message.Decode([.. received]).Body);
    }

    [Fact]
    public async Task A_performative_that_the_peer_cannot_take_harms_nobody()
    {
        await using var conversation = await Conversation.BeginAsync(open: ["peer", null, 512u]);

        var exception = Assert.Throws<AmqpException>(() => new SenderLink(conversation.Session, new string('x', 600), "queue"));

        Assert.Equal(ErrorCode.FrameSizeTooSmall, exception.Error.Condition);
        var sender = await conversation.AttachSenderAsync();
        Assert.Equal(0u, sender.Handle);
    }

    [Fact]
    public async Task A_frame_of_the_largest_size_is_taken_and_one_byte_more_is_not()
    {
        await using var conversation = await Conversation.BeginAsync(configure: factory => factory.AMQP.MaxFrameSize = 512);
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(10);
        await conversation.Peer.ExpectAsync(Code.Flow);
        var room = 512 - Peer.Encode(0, 0, Code.Transfer, [0u, 0u, new byte[4], 0u, false, true, null, null, null, false]).Length;
        var encoded = Messages.Encoded(Body);

        await conversation.TransferAsync(0, encoded[..room], more: true);
        await conversation.TransferAsync(0, encoded[room..(room * 2)], more: true);
        await conversation.TransferAsync(0, encoded[(room * 2)..(room * 3)], more: true);
        await conversation.TransferAsync(0, encoded[(room * 3)..(room * 4)], more: true);
        await conversation.TransferAsync(0, encoded[(room * 4)..]);
        Assert.Equal(Body, (byte[])(await receiver.ReceiveAsync().InTime()).Body);

        await conversation.TransferAsync(1, new byte[room + 1], more: true);
        Assert.Equal(ErrorCode.FramingError, (await conversation.ConnectionClosed.Task.InTime())!.Condition);
    }

    [Fact]
    public async Task A_window_of_one_takes_one_transfer_at_a_time()
    {
        await using var conversation = await Conversation.BeginAsync(begin: new Begin { IncomingWindow = 1 });
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(10, CreditMode.Manual);
        await conversation.Peer.ExpectAsync(Code.Flow);
        var encoded = Messages.Encoded(Body);
        for (var part = 0; part < 4; part++)
        {
            await conversation.TransferAsync(0, part < 3 ? encoded[(part * 500)..((part + 1) * 500)] : encoded[1500..], more: part < 3);
            var flow = await conversation.Peer.ExpectAsync(Code.Flow);
            Assert.Equal(((uint)part + 1, 1u), (flow.Field(0), flow.Field(1)));
        }

        Assert.Equal(Body, (byte[])(await receiver.ReceiveAsync().InTime()).Body);
    }

    [Fact]
    public async Task Messages_of_two_links_may_arrive_in_turns()
    {
        await using var conversation = await Conversation.BeginAsync();
        var first = await conversation.AttachReceiverAsync();
        var second = new ReceiverLink(conversation.Session, "second", "queue");
        await conversation.Peer.ExpectAsync(Code.Attach);
        await conversation.Peer.SendAsync(0, Code.Attach, ["second", 1u, false, null, null, new Source(), new Target(), null, null, 0u]);
        var receiving = new[] { first.ReceiveAsync(), second.ReceiveAsync() };
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.Peer.ExpectAsync(Code.Flow);

        for (var part = 0; part < 8; part++)
        {
            var link = (uint)part % 2;
            var encoded = Messages.Encoded((byte)link, 2, 3, 4);
            var range = (part / 2) switch { 0 => ..1, 1 => 1..2, 2 => 2..2, _ => 2.. };
            object?[] fields = part < 2 ? [link, link, new[] { (byte)link }, 0u, false, true] : [link, null, null, null, null, part < 6];
            await conversation.Peer.SendAsync(0, Code.Transfer, fields, encoded.AsSpan(range));
        }

        Assert.Equal([0, 2, 3, 4], (byte[])(await receiving[0].InTime()).Body);
        Assert.Equal([1, 2, 3, 4], (byte[])(await receiving[1].InTime()).Body);
    }

    [Fact]
    public async Task A_part_of_another_message_in_between_closes_the_link()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(10);
        await conversation.Peer.ExpectAsync(Code.Flow);

        await conversation.TransferAsync(0, Messages.Encoded(1)[..2], more: true);
        await conversation.TransferAsync(1, Messages.Encoded(1)[2..]);

        var detach = await conversation.Peer.ExpectAsync(Code.Detach);
        Assert.Equal(ErrorCode.InvalidField, ((Error)detach.Field(2)!).Condition);
        Assert.False(conversation.Session.IsClosed);
    }

    [Fact]
    public async Task An_aborted_message_gives_its_credit_back_and_comes_again()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.SetCredit(1);
        await conversation.Peer.ExpectAsync(Code.Flow);
        for (var id = 0u; id < 3; id++)
        {
            await conversation.TransferAsync(id, Messages.Encoded(1)[..2], more: true);
            await conversation.TransferAsync(null, [9, 9, 9], aborted: true);
            var flow = await conversation.Peer.ExpectAsync(Code.Flow);
            Assert.Equal((id + 1, 1u), (flow.Field(5), flow.Field(6)));
        }

        await conversation.TransferAsync(3, Messages.Encoded(7));
        Assert.Equal([7], (byte[])(await receiver.ReceiveAsync().InTime()).Body);
    }

    private static async Task<List<byte[]>> CutAsync(Stream stream)
    {
        var reader = new FrameReader(stream, 512);
        var frames = new List<byte[]>();
        do
        {
            while (reader.TryRead(Frame.AmqpType, out _, out var body))
            {
                frames.Add([0, 0, 0, (byte)(body.Length + 8), 2, 0, 0, 0, .. body]);
            }
        }
        while (await reader.FillAsync(default));
        return frames;
    }

    /// <summary>Gives what it holds piece by piece.</summary>
    private sealed class Pieces(params byte[][] pieces) : MemoryStream
    {
        private readonly Queue<byte[]> _pieces = new(pieces.Where(piece => piece.Length > 0));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_pieces.TryDequeue(out var piece))
            {
                return ValueTask.FromResult(0);
            }

            var count = Math.Min(buffer.Length, piece.Length);
            piece.AsSpan(0, count).CopyTo(buffer.Span);
            return ValueTask.FromResult(count == piece.Length ? count : throw new InvalidOperationException("No room for a piece."));
        }
    }
}
