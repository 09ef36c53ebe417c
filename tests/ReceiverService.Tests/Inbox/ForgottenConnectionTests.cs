using System.Diagnostics;

namespace ReceiverService.Tests.Inbox;

/// <summary>
/// A connection to the database disappears in silence, in the middle of a transaction. A firewall does that, or a lost host.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class ForgottenConnectionTests(Infrastructure infrastructure)
{
    /// <summary>6 seconds by default, and what a loaded machine takes. TCP itself would take two hours.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_forgotten_transaction_holds_up_neither_its_own_receiver_nor_another_one_for_long()
    {
        await using var other = await RunningReceiver.StartAsync(infrastructure);
        await using var wire = TcpWire.ToDatabase(other.Database, out var byWire);
        var queue = Infrastructure.NewQueue();
        await using var receiver = await ReceiverProcess.StartAsync(byWire, infrastructure.Broker, queue);
        var id = Guid.CreateVersion7();
        var messageId = Guid.NewGuid();

        // The receiver has recorded the message, and the server is about to answer.
        await using (var held = await DatabaseLock.TakeAsync(other.Database, "LOCK TABLE entity_items IN EXCLUSIVE MODE"))
        {
            await other.SendToAsync(queue, Of(id, messageId));
            await held.WaitedForAsync("INSERT INTO entity_items");
            wire.Forget();
        }

        // The other receiver gets the same message, and has to wait for the transaction that nobody will end.
        var forgotten = Stopwatch.GetTimestamp();
        await other.SendAsync(Of(id, messageId));
        await Eventually.GetAsync(
            () => other.ScalarAsync<long>($"SELECT count(*) FROM inbox_messages WHERE message_id = '{messageId}'"), rows => rows == 1);
        var last = Guid.CreateVersion7();
        await other.SendToAsync(queue, Events.Created(last, 1, "last"));
        await other.ItemAsync(last, item => item is not null);
        Assert.InRange(Stopwatch.GetElapsedTime(forgotten), TimeSpan.Zero, Promptly);
        Assert.Equal("name", (await other.ItemAsync(id, _ => true))!.Name);
        Assert.Equal(0, await other.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    private static Amqp.Message Of(Guid id, Guid messageId)
    {
        var message = Events.Created(id, 1, "name");
        message.Properties.MessageId = messageId.ToString();
        return message;
    }
}
