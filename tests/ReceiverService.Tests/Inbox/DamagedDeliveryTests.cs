using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>What arrives is not always what was sent. Artemis has damaged deliveries after it had been stopped for some seconds.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class DamagedDeliveryTests(Infrastructure infrastructure)
{
    private readonly Guid _id = Guid.CreateVersion7();

    [Theory]
    [InlineData("the body")]
    [InlineData("the message-id")]
    public async Task A_delivery_that_is_damaged_twice_comes_again_and_is_applied(string part)
    {
        var messageId = Guid.NewGuid();
        var text = part == "the body" ? $$"""{"id": "{{_id}}""" : messageId.ToString();
        await using var wire = new DamagingWire(infrastructure.Broker, text, deliveries: 2);
        await using var receiver = await RunningReceiver.StartAsync(infrastructure, $"ConnectionStrings:artemis={wire.Address}");
        await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "before"));
        await receiver.SendAsync(messageId, "EntityItemCreated", 1, Events.Body(_id, "damaged"));
        await receiver.SendLastAsync();

        Assert.Equal("damaged", (await receiver.ItemAsync(_id, item => item is not null))!.Name);
        Assert.Equal(2, wire.Damaged);
        Assert.Equal((3L, 0L), (await CountAsync(receiver, "inbox_messages"), await CountAsync(receiver, "dead_letters")));
        await Eventually.HealthyAsync(receiver.HealthAsync);
    }

    [Fact]
    public async Task A_delivery_that_is_damaged_on_every_link_becomes_one_dead_letter()
    {
        await using var wire = new DamagingWire(infrastructure.Broker, $$"""{"id": "{{_id}}""", deliveries: int.MaxValue);
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, $"ConnectionStrings:artemis={wire.Address}", "Inbox:Attempts=4");
        await receiver.SendAsync(Events.Created(_id, 1, "damaged"));
        await receiver.SendLastAsync();

        Assert.Single(await receiver.DeadLettersAsync(1));
        Assert.Equal(4, wire.Damaged);
    }

    /// <summary>One after the other, they would have the messages behind them delivered hundreds of times.</summary>
    [Fact]
    public async Task Many_messages_that_cannot_be_read_come_again_together()
    {
        const int Many = 200;
        var (broker, deliveries) = (new Uri(infrastructure.Broker), new FrameCount());
        await using var wire = new CountingWire(broker.Host, broker.Port, deliveries.OfTransfers);
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, $"ConnectionStrings:artemis={wire.Reroute(infrastructure.Broker)}");
        await Task.WhenAll(
            Enumerable.Range(0, Many).Select(i => receiver.SendAsync(Guid.NewGuid(), "EntityItemCreated", 1, $"spoiled {i}")));
        await receiver.SendLastAsync();

        await Eventually.GetAsync(() => CountAsync(receiver, "dead_letters"), count => count == Many);
        Assert.InRange(deliveries.Value, 3 * Many, 20 * Many);
    }

    private static Task<long> CountAsync(RunningReceiver receiver, string table) =>
        receiver.ScalarAsync<long>($"SELECT count(*) FROM {table}");
}
