using Amqp;

namespace StandIns.Tests.Amqp;

/// <summary>Blocking calls on a thread whose context runs nothing while it is blocked: a window's, a test framework's.</summary>
public class SynchronizationContextTests
{
    [Fact]
    public async Task Every_blocking_call_returns_on_a_thread_with_a_context()
    {
        await using var peer = new Peer();
        var serving = Task.Run(async () =>
        {
            await peer.AcceptAsync();
            await peer.AuthenticateAsync(0, "ANONYMOUS");
            await peer.ReadOpenAsync();
            await peer.SendAsync(0, Code.Open, ["peer"]);
            await new AutomaticPeer(peer).ServeAsync();
        });
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(peer.Address(), done)) { IsBackground = true };

        thread.Start();

        await done.Task.InTime();
        await serving.InTime();
    }

    private static void Run(Address address, TaskCompletionSource done)
    {
        SynchronizationContext.SetSynchronizationContext(new BusyContext());
        try
        {
            var connection = new Connection(address);
            var session = new Session(connection);
            var sender = new SenderLink(session, "sender", "queue");
            // The peer releases each third message, beginning with the first.
            Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(1, 0, 0, 0, 0)));
            sender.Send(Messages.OfBytes(1, 1, 0, 0, 0));
            Assert.Null(new ReceiverLink(session, "receiver", "queue").Receive(TimeSpan.FromMilliseconds(1)));
            connection.Close();
            done.SetResult();
        }
        catch (Exception exception)
        {
            done.SetException(exception);
        }
    }

    /// <summary>Never comes to what is posted to it.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
