using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Benchmarks;

/// <summary>Empties queues between measurements.</summary>
internal static class Queue
{
    private const int Credit = 1_000;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>Takes all messages, until none has come for a second.</summary>
    public static async Task EmptyAsync(this Connection connection, string queue)
    {
        var session = new Session(connection);
        var source = new Source { Address = queue, Durable = 2, Capabilities = [new Symbol("queue")] };
        var receiver = new ReceiverLink(session, $"empty-{queue}", source, null);
        receiver.SetCredit(Credit);
        while (await receiver.ReceiveAsync(Silence) is { } message)
        {
            receiver.Accept(message);
        }

        await session.CloseAsync();
    }
}
