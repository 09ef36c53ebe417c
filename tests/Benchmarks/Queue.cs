using Amqp;
using Messaging.Amqp;

namespace Benchmarks;

/// <summary>Empties queues between measurements.</summary>
internal static class Queue
{
    private const int Credit = 1_000;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Takes all messages, until none has come for a second.</summary>
    public static async Task EmptyAsync(this Connection connection, string queue)
    {
        var receiver = connection.Receiver(queue);
        while (await receiver.ReceiveAsync(Silence) is { } message)
        {
            receiver.Accept(message);
        }

        await receiver.Session.CloseAsync();
    }

    /// <summary>Takes a number of messages.</summary>
    /// <returns>The last one.</returns>
    public static async Task<Message> TakeAsync(this Connection connection, string queue, int count)
    {
        var receiver = connection.Receiver(queue);
        Message? last = null;
        for (var i = 0; i < count; i++)
        {
            last = await receiver.ReceiveAsync(Patience) ?? throw new InvalidOperationException($"{queue} ends after {i} messages.");
            receiver.Accept(last);
        }

        await receiver.Session.CloseAsync();
        return last!;
    }

    private static ReceiverLink Receiver(this Connection connection, string queue)
    {
        var receiver = new ReceiverLink(new Session(connection), $"take-{queue}", AmqpQueue.Source(queue), null);
        receiver.SetCredit(Credit);
        return receiver;
    }
}
