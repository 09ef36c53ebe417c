using System.Diagnostics;
using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>
/// The receiver's database is away while messages wait. The broker notices nothing, and afterwards every message is applied.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxOutageTests(Infrastructure infrastructure)
{
    private const int Messages = 5_000;
    private static readonly TimeSpan Outage = LongTests.Choose(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_database_outage_loses_no_message_makes_no_dead_letter_and_causes_no_busy_redelivery()
    {
        await using var producer = await RunningReceiver.StartAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        await using var databaseWire = TcpWire.ToDatabase(producer.Database, out var database);
        var broker = new Uri(infrastructure.Broker);
        var deliveries = new FrameCount();
        await using var brokerWire = new CountingWire(broker.Host, broker.Port, deliveries.OfTransfers);
        await using var receiver = await ReceiverProcess.StartAsync(database, brokerWire.Reroute(infrastructure.Broker), queue);

        // The database is cut off in the middle of the work.
        await Parallel.ForAsync(0, Messages / 10, async (_, _) => await SendAsync("before"));
        databaseWire.Cut();
        await Parallel.ForAsync(Messages / 10, Messages, async (_, _) => await SendAsync("during"));
        await Task.Delay(Outage);
        var delivered = deliveries.Value;
        Assert.InRange(delivered, 1, Messages);

        databaseWire.Restore();
        var mended = Stopwatch.GetTimestamp();
        await Eventually.GetAsync(() => CountAsync(producer, "entity_items"), count => count >= Messages);
        Assert.InRange(Stopwatch.GetElapsedTime(mended), TimeSpan.Zero, LongestDrain);
        Assert.Equal((Messages, Messages), (await CountAsync(producer, "entity_items"), await CountAsync(producer, "inbox_messages")));
        Assert.Equal(0, await CountAsync(producer, "dead_letters"));

        // Each message once. Messages in work when the database went away come once more, but not more than the credit, for an outage of
        // any length.
        Assert.InRange(deliveries.Value, Messages, Messages * 2);

        Task SendAsync(string name) => producer.SendToAsync(queue, Events.Created(Guid.CreateVersion7(), 1, name));
    }

    private static Task<long> CountAsync(RunningReceiver receiver, string table) =>
        receiver.ScalarAsync<long>($"SELECT count(*) FROM {table}");
}
