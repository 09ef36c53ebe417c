using System.Diagnostics;

namespace ReceiverService.Tests.Inbox;

/// <summary>A receiver that stands still: its connections stay open, and it answers nothing.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class PausedReceiverTests(Infrastructure infrastructure)
{
    private const int Messages = 20;

    /// <summary>The broker gives it up after 10 seconds of silence. The rest is for a loaded machine.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(35);

    [ArtemisFact("RabbitMQ 3 does not notice a silent AMQP 1.0 client")]
    public async Task The_messages_that_a_paused_receiver_holds_soon_go_to_another_one()
    {
        await using var producer = await RunningReceiver.StartAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        await using var paused = await ReceiverProcess.StartAsync(producer.Database, infrastructure.Broker, queue);
        await using var other = await ReceiverProcess.StartAsync(producer.Database, infrastructure.Broker, queue);
        await paused.PauseAsync();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < Messages; i++)
        {
            await producer.SendToAsync(queue, Events.Created(Guid.CreateVersion7(), 1, "name"));
        }

        await Eventually.GetAsync(() => producer.ScalarAsync<long>("SELECT count(*) FROM entity_items"), count => count == Messages);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(1), Promptly);
    }
}
