using Amqp;
using Amqp.Framing;
using Tests.Harness;
using Xunit.Abstractions;

namespace StandIns.Tests.Amqp;

/// <summary>
/// Frames that are wrong in every way there is: each ends what it must with an error of the specification, costs no more memory than a
/// frame may, and leaves no send without its one outcome. 50,000 of them; a million in a long run.
/// </summary>
public class MutatedFrameTests(ITestOutputHelper output)
{
    private const int Sends = 4;
    private const int FrameLimit = 4096;

    /// <summary>What a frame of <see cref="FrameLimit"/> bytes may cost, the exception and the end of everything included.</summary>
    private const long AllocationLimit = 512 * 1024;

    internal static readonly byte[] Handshake =
    [
        .. "AMQP\u0003\u0001\0\0"u8, .. Peer.Encode(1, 0, Code.SaslMechanisms, [new[] { new global::Amqp.Types.Symbol("ANONYMOUS") }]),
        .. Peer.Encode(1, 0, Code.SaslOutcome, [(byte)0]), .. "AMQP\0\u0001\0\0"u8, .. Peer.Encode(0, 0, Code.Open, ["peer"]),
    ];

    private static readonly byte[] Answers =
    [
        .. Peer.Encode(0, 0, Code.Begin, [(ushort)0, 0u, 1000u, 1000u]),
        .. Peer.Encode(0, 0, Code.Attach, ["sender", 0u, true, null, null, new Source(), new Target()]),
        .. Peer.Encode(0, 0, Code.Attach, ["receiver", 1u, false, null, null, new Source(), new Target(), null, null, 0u]),
        .. Peer.Encode(0, 0, Code.Flow, [0u, 1000u, 0u, 1000u, 0u, 0u, 2u]),
    ];

    private readonly Dictionary<string, int> _endings = [];
    private volatile byte[] _frame = [];
    private int _fed;
    private long _mostAllocated;

    [Fact]
    public async Task Mutated_frames_end_in_an_error_or_change_nothing()
    {
        var seed = Random.Shared.Next();
        var count = LongTests.Choose(50_000, 1_000_000);
        var feeding = Task.Run(() => FeedAsync(new FrameMutator(seed), count));
        for (var seen = -1; !feeding.IsCompleted && seen < _fed;)
        {
            seen = _fed;
            await Task.WhenAny(feeding, Task.Delay(Deadline.Default));
        }

        Assert.True(feeding.IsCompleted, $"Seed {seed}, frame {_fed}: the client hangs on {Convert.ToHexString(_frame)}.");
        var exception = await Record.ExceptionAsync(() => feeding);
        Assert.True(exception is null, $"Seed {seed}, frame {_fed}, {Convert.ToHexString(_frame)}: {exception}");

        // Otherwise the frames were all wrong in the same way.
        Assert.True(_endings.Count > 5, string.Join(", ", _endings));
        output.WriteLine($"{_fed} mutated frames (seed {seed}), at most {_mostAllocated} bytes for one: {string.Join(", ", _endings)}");
    }

    private async Task FeedAsync(FrameMutator mutator, int count)
    {
        while (_fed < count)
        {
            await FeedOneConnectionAsync(mutator, count);
        }
    }

    private async Task FeedOneConnectionAsync(FrameMutator mutator, int count)
    {
        var stream = new FedStream();
        var (connection, outcomes) = await ConnectAsync(stream);
        var closed = new TaskCompletionSource<Error>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.AddClosedCallback((_, error) => closed.SetResult(error));
        while (_fed < count)
        {
            // Otherwise it would be read by another thread, and what it costs there would not be seen.
            Assert.True(SpinWait.SpinUntil(() => stream.IsAwaited || connection.IsClosed, Deadline.Default), "The client does not read on.");
            if (connection.IsClosed)
            {
                break;
            }

            _frame = mutator.Next();
            _fed++;
            var before = GC.GetAllocatedBytesForCurrentThread();
            stream.Feed(_frame);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            _mostAllocated = Math.Max(_mostAllocated, allocated);
            Assert.True(allocated < AllocationLimit, $"{allocated} bytes were allocated.");
        }

        stream.End();
        var error = await closed.Task.InTime();
        var ending = error is null ? "none"
            : ((string)error.Condition).StartsWith("amqp:", StringComparison.Ordinal) ? error.Condition
            : "the peer's";
        _endings[ending] = _endings.GetValueOrDefault(ending) + 1;
        Assert.NotEqual(ErrorCode.InternalError, ending); // that would be a bug of the client's
        Assert.Equal(Enumerable.Range(0, Sends), (await outcomes.WaitForAsync(Sends)).Select(result => (int)result.State).Order());
    }

    private static async Task<(Connection, Outcomes)> ConnectAsync(FedStream stream)
    {
        var factory = new ConnectionFactory();
        factory.AMQP.MaxFrameSize = FrameLimit;
        var address = new Address("127.0.0.1", 5672, null, null, "/", "AMQP");
        var connection = new Connection(address, factory, null, null);
        stream.Feed(Handshake);
        await connection.OpenAsync(stream, address, CancellationToken.None).InTime();
        var session = new Session(connection);
        var sender = new SenderLink(session, "sender", "queue");
        var outcomes = new Outcomes();
        for (var index = 0; index < Sends; index++)
        {
            sender.Send(Messages.OfBytes((byte)index), outcomes.Add, index);
        }

        new ReceiverLink(session, "receiver", "queue").SetCredit(100);
        stream.Feed(Answers);
        return (connection, outcomes);
    }
}
