using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>
/// The peer ends a link, a session or the connection in the middle of anything: whatever waits gets its result, and each object that is
/// over says so once, with the peer's error if there is one.
/// </summary>
public class PeerEndsTests
{
    private const int Frame = 512;

    public enum Stage
    {
        Opened,
        BeginSent,
        Begun,
        AttachSent,
        Attached,
        HalfSent,
        HalfReceived,
        Detaching,
        Ending,
        Closing,
    }

    public enum How
    {
        Detach,
        End,
        Close,
        HangUp,
    }

    public static TheoryData<Stage, How, bool> Cases
    {
        get
        {
            var data = new TheoryData<Stage, How, bool>();
            foreach (var stage in Enum.GetValues<Stage>())
            {
                foreach (var how in Enum.GetValues<How>().Where(how => IsPossible(stage, how)))
                {
                    data.Add(stage, how, false);
                    data.Add(stage, how, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task All_that_waits_ends_once(Stage stage, How how, bool withError)
    {
        await using var situation = await Situation.ReachAsync(stage);
        var error = withError ? new Error("x:over") { Description = "over" } : null;

        await situation.EndAsync(how, error);

        foreach (var pending in situation.Pending)
        {
            var exception = await Record.ExceptionAsync(() => pending.InTime());
            Assert.True(exception is null or AmqpException, exception?.ToString());
        }

        var expected = how == How.HangUp ? stage == Stage.Closing ? null : ErrorCode.ConnectionForced : (string?)error?.Condition;
        foreach (var over in situation.EndedBy(how))
        {
            await TestPolling.UntilAsync(() => situation.Closed.Any(closed => closed.Object == over));
            Assert.Equal(expected, (string?)over.Error?.Condition);
            Assert.True(over.IsClosed);
        }

        await situation.ProveThatTheConnectionLivesUnlessAsync(how >= How.Close || stage == Stage.Closing);
        Assert.All(situation.Closed.GroupBy(closed => closed.Object), times => Assert.Single(times));
        Assert.All(situation.Closed, closed => Assert.Equal(closed.Object.Error?.Condition, closed.Error?.Condition));
    }

    private static bool IsPossible(Stage stage, How how) => how switch
    {
        How.Detach => stage is Stage.Attached or Stage.HalfSent or Stage.HalfReceived or Stage.Detaching,
        How.End => stage is not (Stage.Opened or Stage.BeginSent or Stage.Closing),
        _ => true,
    };

    private sealed class Situation(Conversation conversation) : IAsyncDisposable
    {
        private readonly List<AmqpObject> _links = [];

        public ConcurrentQueue<(AmqpObject Object, Error? Error)> Closed { get; } = new();

        public List<Task> Pending { get; } = [];

        private Peer Peer => conversation.Peer;

        public static async Task<Situation> ReachAsync(Stage stage)
        {
            var conversation = await Conversation.OpenAsync(["peer", null, (uint)Frame]);
            var situation = new Situation(conversation);
            situation.Watch(conversation.Connection);
            if (stage > Stage.Opened)
            {
                await conversation.BeginAsync(answer: stage > Stage.BeginSent);
                situation.Watch(conversation.Session);
            }

            if (stage > Stage.Begun)
            {
                await situation.AttachAsync(answer: stage > Stage.AttachSent);
            }

            await situation.ActAsync(stage);
            return situation;
        }

        public List<AmqpObject> EndedBy(How how) => how switch
        {
            How.Detach => _links,
            How.End => [.. _links, conversation.Session],
            _ => [.. _links, .. conversation.Session is { } session ? new AmqpObject[] { session } : [], conversation.Connection],
        };

        public async Task EndAsync(How how, Error? error)
        {
            switch (how)
            {
                case How.Detach:
                    await Peer.SendAsync(0, Code.Detach, [0u, true, error]);
                    await Peer.SendAsync(0, Code.Detach, [1u, true, error]);
                    break;
                case How.End: await Peer.SendAsync(0, Code.End, [error]); break;
                case How.Close: await Peer.SendAsync(0, Code.Close, [error]); break;
                default: await Peer.Stream.DisposeAsync(); break;
            }
        }

        public async Task ProveThatTheConnectionLivesUnlessAsync(bool isClosed)
        {
            Assert.Equal(isClosed, conversation.Connection.IsClosed);
            if (!isClosed)
            {
                _ = new Session(conversation.Connection);
                while ((await Peer.ReadAsync())!.Code != Code.Begin)
                {
                }
            }
        }

        public ValueTask DisposeAsync() => conversation.DisposeAsync();

        private async Task AttachAsync(bool answer)
        {
            var sender = new SenderLink(conversation.Session, "sender", "queue");
            var receiver = new ReceiverLink(conversation.Session, "receiver", "queue");
            _links.AddRange([sender, receiver]);
            _links.ForEach(Watch);
            Pending.Add(receiver.ReceiveAsync());
            Pending.Add(sender.SendAsync(Messages.OfBytes(new byte[3 * Frame])));
            await Peer.ExpectAsync(Code.Attach);
            await Peer.ExpectAsync(Code.Attach);
            if (answer)
            {
                await Peer.SendAsync(0, Code.Attach, ["sender", 0u, true, null, null, new Source(), new Target()]);
                await Peer.SendAsync(0, Code.Attach, ["receiver", 1u, false, null, null, new Source(), new Target(), null, null, 0u]);
                await Peer.ExpectAsync(Code.Flow);
            }
        }

        private async Task ActAsync(Stage stage)
        {
            switch (stage)
            {
                case Stage.HalfSent:
                    // A window of two: the message has more frames.
                    await conversation.GiveCreditAsync(1, incomingWindow: 2);
                    await Peer.ExpectAsync(Code.Transfer);
                    await Peer.ExpectAsync(Code.Transfer);
                    break;
                case Stage.HalfReceived:
                    await Peer.SendAsync(0, Code.Transfer, [1u, 0u, new byte[] { 1 }, 0u, false, true], Messages.Encoded(1));
                    break;
                case Stage.Detaching:
                    Pending.AddRange(_links.Select(link => link.CloseAsync()));
                    await Peer.ExpectAsync(Code.Detach);
                    await Peer.ExpectAsync(Code.Detach);
                    break;
                case Stage.Ending:
                    Pending.Add(conversation.Session.CloseAsync());
                    await Peer.ExpectAsync(Code.End);
                    break;
                case Stage.Closing:
                    Pending.Add(conversation.Connection.CloseAsync());
                    await Peer.ExpectAsync(Code.Close);
                    break;
            }
        }

        private void Watch(AmqpObject watched) => watched.AddClosedCallback((sender, error) => Closed.Enqueue(((AmqpObject)sender, error)));
    }
}
