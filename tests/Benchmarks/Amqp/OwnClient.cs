using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Benchmarks.Amqp;

/// <summary>
/// This solution's client in a process of its own, as rhea and Proton are in theirs: what is measured is a client, not the benchmark around it.
/// A command a line on standard input, an answer a line on standard output; ends when the input does.
/// </summary>
internal static class OwnClient
{
    /// <summary>The argument that makes the benchmarks' program such a process.</summary>
    public const string Verb = "amqp-client";

    private static readonly byte[] Body = new byte[AmqpBenchmark.BodySize];

    public static async Task<int> RunAsync(string address, string queue)
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(address));
        var session = new Session(connection);
        Symbol[] queueCapability = [new("queue")];
        var target = new Target { Address = queue, Durable = 2, Capabilities = queueCapability };
        var source = new Source { Address = queue, Durable = 2, Capabilities = queueCapability };
        var sender = new SenderLink(session, "sender", target, null);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            var count = int.Parse(words[1], CultureInfo.InvariantCulture);
            var answer = words[0] switch
            {
                "send" => Meter.MeasureAsync(() => SendAsync(sender, count)),
                "receive" => ReceiveAsync(new ReceiverLink(session, $"receiver-{Guid.NewGuid():N}", source, null), count),
                _ => Meter.MeasureAsync(() => MakeMessages(count)),
            };
            Console.WriteLine(await answer);
        }

        await connection.CloseAsync();
        return 0;
    }

    /// <summary>Each outcome sends the next message, on the connection's reader: as the relay does.</summary>
    private static Task SendAsync(SenderLink sender, int count)
    {
        var run = new SendRun(sender, count);
        for (var index = 0; index < Math.Min(count, AmqpBenchmark.InFlight); index++)
        {
            run.SendNext();
        }

        return run.Done;
    }

    private static async Task<Measurement> ReceiveAsync(ReceiverLink receiver, int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = 0;
        var measurement = await Meter.MeasureAsync(() =>
        {
            receiver.Start(AmqpBenchmark.InFlight, (link, message) =>
            {
                link.Accept(message);
                if (++received == count)
                {
                    done.SetResult();
                }
            });
            return done.Task;
        });
        await receiver.CloseAsync();
        return measurement;
    }

    /// <summary>What the application itself allocates for its messages, to be told apart from what the client does.</summary>
    private static Task MakeMessages(int count)
    {
        for (var index = 0; index < count; index++)
        {
            GC.KeepAlive(MakeMessage(index));
        }

        return Task.CompletedTask;
    }

    private static Message MakeMessage(int number) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties { MessageId = number.ToString(CultureInfo.InvariantCulture) },
        BodySection = new Data { Binary = Body },
    };

    private sealed class SendRun(SenderLink sender, int count)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _sent;
        private int _accepted;

        public Task Done => _done.Task;

        public void SendNext() => sender.Send(MakeMessage(Interlocked.Increment(ref _sent)), OnOutcome, this);

        private static void OnOutcome(ILink link, Message message, Outcome outcome, object state)
        {
            var run = (SendRun)state;
            if (outcome is not Accepted)
            {
                run._done.TrySetException(new InvalidOperationException($"A message was not accepted: {outcome.GetType().Name}."));
            }
            else if (Interlocked.Increment(ref run._accepted) == run.Count)
            {
                run._done.SetResult();
            }
            else if (Volatile.Read(ref run._sent) < run.Count)
            {
                run.SendNext();
            }
        }

        private int Count => count;
    }
}
