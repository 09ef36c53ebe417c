using System.Diagnostics;
using Amqp;
using Amqp.Framing;
using Messaging.Amqp;

namespace Benchmarks.Relay;

/// <summary>The lowest possible cost: only the AMQP client, which keeps a number of durable messages in flight.</summary>
internal sealed class RawSender
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SenderLink _link;
    private readonly Message _message;
    private readonly int _count;
    private int _sent;
    private int _accepted;

    private RawSender(SenderLink link, Message message, int count)
    {
        _link = link;
        _message = message;
        _count = count;
    }

    /// <summary>Sends copies of a message. Each has its own id.</summary>
    public static async Task<Throughput> SendAsync(Connection connection, string queue, Message original, int count, int inFlight)
    {
        var session = new Session(connection);
        var link = new SenderLink(session, queue, AmqpQueue.Target(queue), null);
        var sender = new RawSender(link, Copy(original), count);
        var before = Usage.OfBenchmark;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < inFlight; i++)
        {
            sender.SendNext();
        }

        await sender._completed.Task.WaitAsync(TimeSpan.FromMinutes(5));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = Usage.OfBenchmark;
        await session.CloseAsync();
        return after.Since(before, count, count / seconds);
    }

    private static Message Copy(Message original) => new()
    {
        Header = new Header { Durable = true },
        Properties = original.Properties,
        ApplicationProperties = original.ApplicationProperties,
        BodySection = original.BodySection,
    };

    /// <summary>
    /// All messages share their sections, because these are encoded before <c>Send</c> returns. Each delivery needs its own message object.
    /// </summary>
    private void SendNext()
    {
        lock (_message)
        {
            if (_sent == _count)
            {
                return;
            }

            _sent++;
            var id = Guid.NewGuid().ToString();
            _message.Properties.MessageId = id;
            _message.Properties.GroupId = id;
            _message.ApplicationProperties["_AMQ_DUPL_ID"] = id;
            _link.Send(Copy(_message), OnOutcome, this);
        }
    }

    private static void OnOutcome(ILink link, Message message, Outcome outcome, object state)
    {
        var sender = (RawSender)state;
        if (outcome is not Accepted)
        {
            sender._completed.TrySetException(new InvalidOperationException($"The broker answered {outcome}."));
            return;
        }

        sender.SendNext();
        if (Interlocked.Increment(ref sender._accepted) == sender._count)
        {
            sender._completed.SetResult();
        }
    }
}
