using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>What a steady stream of messages costs: writes, allocations; and that saving them harms nobody.</summary>
public class SteadyStateTests
{
    private const int InFlight = 100;
    private const int Rounds = 2000;

    private static readonly byte[] Answers =
    [
        .. Peer.Encode(0, 0, Code.Begin, [(ushort)0, 0u, 1_000_000u, 1_000_000u]),
        .. Peer.Encode(0, 0, Code.Attach, ["sender", 0u, true, null, null, new Source(), new Target()]),
        .. Peer.Encode(0, 0, Code.Flow, [0u, 1_000_000u, 0u, 1_000_000u, 0u, 0u, 1_000_000u]),
    ];

    // Not on the tests' own thread: under its synchronization context what is fed would be read by another one.
    [Fact]
    public Task Sends_that_outcomes_lead_to_allocate_nothing_and_leave_in_a_few_writes() => Task.Run(SendSteadilyAsync);

    [Fact]
    public async Task What_a_callback_sends_leaves_even_while_the_callback_takes_its_time()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        using var arrived = new ManualResetEventSlim();
        var waited = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        OutcomeCallback callback = (_, _, _, _) =>
        {
            sender.Send(Messages.OfBytes(2), null, null);
            waited.SetResult(arrived.Wait(Deadline.Default));
        };
        sender.Send(Messages.OfBytes(1), callback, null);
        await conversation.Peer.ExpectAsync(Code.Transfer);

        await conversation.SettleAsync(0, 0, new Accepted());

        await conversation.Peer.ExpectAsync(Code.Transfer);
        arrived.Set();
        Assert.True(await waited.Task.InTime());
    }

    [Fact]
    public async Task Taking_back_a_message_that_has_its_outcome_does_nothing_to_the_next_one()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 1);
        var outcomes = new Outcomes();
        var first = Messages.OfBytes(1);
        sender.Send(first, outcomes.Add, 1);
        await conversation.Peer.ExpectAsync(Code.Transfer);
        await conversation.SettleAsync(0, 0, new Accepted());
        await outcomes.WaitForAsync(1);
        sender.Send(Messages.OfBytes(2), outcomes.Add, 2);

        sender.Cancel(first);
        await conversation.GiveCreditAsync(1, deliveryCount: 1, nextIncomingId: 1);

        Assert.Equal(1u, (await conversation.Peer.ExpectAsync(Code.Transfer)).Field(1));
        await conversation.SettleAsync(1, 1, new Accepted());
        Assert.All(await outcomes.WaitForAsync(2), result => Assert.IsType<Accepted>(result.Outcome));
    }

    [Fact]
    public async Task Waiting_messages_are_sent_as_they_were_though_their_buffers_are_used_again()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync(credit: 0);
        var outcomes = new Outcomes();
        for (var round = 0u; round < 3; round++)
        {
            for (var index = 0u; index < 10; index++)
            {
                sender.Send(Messages.OfBytes([.. Enumerable.Repeat((byte)((round * 10) + index), (int)(100 * (index + 1)))]), outcomes.Add, null!);
            }

            await conversation.GiveCreditAsync(10, deliveryCount: round * 10, nextIncomingId: round * 10);
            for (var index = 0u; index < 10; index++)
            {
                var transfer = await conversation.Peer.ExpectAsync(Code.Transfer);
                var body = (byte[])Message.Decode(transfer.Payload).Body;
                Assert.Equal(Enumerable.Repeat((byte)((round * 10) + index), (int)(100 * (index + 1))), body);
            }

            await conversation.SettleAsync(round * 10, (round * 10) + 9, new Accepted());
            await outcomes.WaitForAsync((int)(round + 1) * 10);
        }
    }

    private static async Task SendSteadilyAsync()
    {
        var stream = new FedStream();
        var sender = await AttachAsync(stream);
        var message = Messages.OfBytes(new byte[500]);
        OutcomeCallback again = null!;
        var outcomes = 0;
        again = (link, _, _, _) =>
        {
            Interlocked.Increment(ref outcomes);
            ((SenderLink)link).Send(message, again, null);
        };
        for (var index = 0; index < InFlight; index++)
        {
            sender.Send(message, again, null);
        }

        // Each chunk accepts what is in flight, and each outcome sends one more. The first ones fill the pools.
        var chunks = Enumerable.Range(0, Rounds / InFlight).Select(Dispositions).ToArray();
        chunks[..2].ToList().ForEach(FeedAndWait);

        var (bytes, writes) = (GC.GetAllocatedBytesForCurrentThread(), stream.Writes);
        foreach (var chunk in chunks[2..])
        {
            FeedAndWait(chunk);
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        var sends = Rounds - (2 * InFlight);
        Assert.Equal(Rounds, outcomes);
        Assert.True(bytes / sends < 10, $"{bytes} bytes were allocated for {sends} sends, in {chunks.Length - 2} reads.");
        Assert.True(stream.Writes - writes < 4 * (chunks.Length - 2), $"{sends} sends took {stream.Writes - writes} writes.");

        void FeedAndWait(byte[] chunk)
        {
            var (expected, written) = (Volatile.Read(ref outcomes) + InFlight, stream.Writes);
            stream.Feed(chunk);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref outcomes) == expected && stream.Writes > written, Deadline.Default));
        }
    }

    private static byte[] Dispositions(int chunk) =>
    [
        .. Enumerable.Range(chunk * InFlight, InFlight)
            .SelectMany(id => Peer.Encode(0, 0, Code.Disposition, [true, (uint)id, null, true, new Accepted()])),
    ];

    private static async Task<SenderLink> AttachAsync(FedStream stream)
    {
        var address = new Address("127.0.0.1", 5672, null, null, "/", "AMQP");
        var connection = new Connection(address, new ConnectionFactory(), null, null);
        stream.Feed(MutatedFrameTests.Handshake);
        await connection.OpenAsync(stream, address, CancellationToken.None).InTime();
        var sender = new SenderLink(new Session(connection), "sender", "queue");
        stream.Feed(Answers);
        await TestPolling.UntilAsync(() => sender.LinkState == LinkState.Attached && stream.IsAwaited);
        return sender;
    }
}
