using System.Collections.Concurrent;
using System.Diagnostics;
using Amqp;
using Amqp.Framing;
using Tests.Harness;
using Xunit.Abstractions;

namespace StandIns.Tests.Amqp;

/// <summary>
/// Sixteen threads send, take back and close at the same time: nothing waits for ever, and each send that did not throw has one outcome.
/// For a second each; for a minute in a long run.
/// </summary>
public class ConcurrencyTests(ITestOutputHelper output)
{
    private const int Threads = 16;

    private static readonly TimeSpan Duration = LongTests.Choose(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    private enum Ending
    {
        Sender,
        Session,
        Connection,
        HangUp,
    }

    [Fact]
    public async Task On_one_link_all_have_their_outcome() => await SendAsync(links: 1, cancelling: false);

    [Fact]
    public async Task On_a_link_each_all_have_their_outcome() => await SendAsync(links: Threads, cancelling: false);

    [Fact]
    public async Task What_is_taken_back_meanwhile_has_one_outcome_too() => await SendAsync(links: 4, cancelling: true);

    [Fact]
    public async Task Closing_while_sending_leaves_no_send_without_an_outcome()
    {
        var clock = Stopwatch.StartNew();
        var (rounds, sends) = (0, 0);
        while (clock.Elapsed < Duration || rounds < Enum.GetValues<Ending>().Length)
        {
            sends += await CloseWhileSendingAsync((Ending)(rounds % Enum.GetValues<Ending>().Length));
            rounds++;
        }

        output.WriteLine($"{rounds} rounds, {sends} sends.");
    }

    private async Task SendAsync(int links, bool cancelling)
    {
        await using var conversation = await Conversation.OpenAsync();
        var peer = new AutomaticPeer(conversation.Peer);
        var serving = Task.Run(peer.ServeAsync);
        var session = new Session(conversation.Connection);
        var senders = Enumerable.Range(0, links).Select(index => new SenderLink(session, $"sender-{index}", "queue")).ToArray();
        var ledger = new Ledger();
        var clock = Stopwatch.StartNew();
        await RunThreadsAsync(thread =>
        {
            var random = new Random(thread);
            for (var number = 0; clock.Elapsed < Duration; number++)
            {
                ledger.WaitForRoom();
                var message = ledger.Send(senders[thread % links], (byte)thread, number);
                if (cancelling && random.Next(2) == 0)
                {
                    senders[thread % links].Cancel(message);
                }
            }
        });
        await ledger.CheckAsync();
        await conversation.Connection.CloseAsync().InTime();
        await serving.InTime();

        // On the wire once what was told to be accepted, and never twice.
        Assert.All(peer.Arrived.Values, times => Assert.Equal(1, times));
        Assert.All(ledger.With<Accepted>(), sent => Assert.True(peer.Arrived.ContainsKey(sent)));
        Assert.True(cancelling ? peer.Arrived.Count < ledger.Count : peer.Arrived.Count == ledger.Count);
        output.WriteLine($"{ledger.Count} sends, {peer.Arrived.Count} arrived.");
    }

    private static async Task<int> CloseWhileSendingAsync(Ending ending)
    {
        await using var conversation = await Conversation.OpenAsync();
        var serving = Task.Run(new AutomaticPeer(conversation.Peer).ServeAsync);
        var session = new Session(conversation.Connection);
        var sender = new SenderLink(session, "sender", "queue");
        var ledger = new Ledger();
        var sending = RunThreadsAsync(thread =>
        {
            for (var number = 0; number < 2000; number++)
            {
                try
                {
                    ledger.Send(sender, (byte)thread, number);
                }
                catch (AmqpException) when (sender.IsClosed || session.IsClosed || conversation.Connection.IsClosed)
                {
                    return;
                }
            }
        });
        await TestPolling.UntilAsync(() => ledger.Completed > 50);
        await (ending switch
        {
            // From several threads at once.
            Ending.Sender => Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => sender.CloseAsync()))),
            Ending.Session => Task.WhenAll(Task.Run(() => session.CloseAsync()), Task.Run(() => sender.CloseAsync())),
            Ending.Connection => Task.WhenAll(Task.Run(() => conversation.Connection.CloseAsync()), Task.Run(() => sender.CloseAsync())),
            _ => conversation.Peer.Stream.DisposeAsync().AsTask(),
        }).InTime();
        await sending.InTime();
        await ledger.CheckAsync();
        await conversation.Connection.CloseAsync().InTime();
        _ = await Record.ExceptionAsync(() => serving.InTime()); // its stream may be gone
        return ledger.Count;
    }

    /// <summary>Threads of their own: those of the pool are needed for what they wait for.</summary>
    private static Task RunThreadsAsync(Action<int> work) => Task.WhenAll(Enumerable.Range(0, Threads).Select(thread =>
        Task.Factory.StartNew(() => work(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    /// <summary>What was sent, and which outcomes came back.</summary>
    private sealed class Ledger
    {
        private const int MostInFlight = 2000;

        private readonly ConcurrentDictionary<(byte Thread, int Number), Outcome?> _sends = new();
        private int _count;
        private int _completed;
        private int _twice;

        public int Count => Volatile.Read(ref _count);

        public int Completed => Volatile.Read(ref _completed);

        public IEnumerable<(byte, int)> With<T>()
            where T : Outcome => _sends.Where(sent => sent.Value is T).Select(sent => sent.Key);

        public Message Send(SenderLink sender, byte thread, int number)
        {
            var message = Messages.OfBytes([thread, .. BitConverter.GetBytes(number)]);
            Assert.True(_sends.TryAdd((thread, number), null));
            Interlocked.Increment(ref _count);
            try
            {
                sender.Send(message, OnOutcome, (thread, number));
            }
            catch (AmqpException)
            {
                // Not sent: an outcome for it would not be found in the ledger.
                _sends.TryRemove((thread, number), out _);
                Interlocked.Decrement(ref _count);
                throw;
            }

            return message;
        }

        public void WaitForRoom() => SpinWait.SpinUntil(() => Count - Completed < MostInFlight, Deadline.Default);

        public async Task CheckAsync()
        {
            await TestPolling.UntilAsync(() => Completed >= Count);
            Assert.Equal(0, _twice);
            Assert.Equal(Count, Completed);
            Assert.DoesNotContain(_sends.Values, outcome => outcome is null);
        }

        private void OnOutcome(ILink link, Message message, Outcome outcome, object state)
        {
            if (!_sends.TryUpdate(((byte, int))state, outcome, null))
            {
                Interlocked.Increment(ref _twice);
            }

            Interlocked.Increment(ref _completed);
        }
    }
}
