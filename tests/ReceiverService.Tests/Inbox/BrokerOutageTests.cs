using ReceiverService.EntityItems;
using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>A broker that does not work delays messages. It has no other effect.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class BrokerOutageTests(Infrastructure infrastructure) : IAsyncLifetime
{
    /// <summary>The client alone would wait 20 seconds longer than the idle timeout, which is one second here.</summary>
    private static readonly TimeSpan SoonAfterIdleTimeout = TimeSpan.FromSeconds(15);

    private readonly Guid _id = Guid.CreateVersion7();
    private readonly string _queue = Infrastructure.NewQueue();
    private RunningReceiver _producer = null!;

    /// <summary>Sends messages and reads the projection. Its own receiver listens to another queue.</summary>
    public async Task InitializeAsync() => _producer = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _producer.DisposeAsync();

    [Theory]
    [InlineData(BrokerStep.Connecting, false)]
    [InlineData(BrokerStep.Connecting, true)]
    [InlineData(BrokerStep.Attaching, false)]
    [InlineData(BrokerStep.Attaching, true)]
    public async Task A_broker_that_is_silent_or_hangs_up_is_an_outage_that_health_reports(BrokerStep step, bool hangsUp)
    {
        await using var wire = new FaultyWire(infrastructure.Broker) { FailsAt = step, HangsUp = hangsUp };
        await using var receiver = Start(wire.Address);
        await _producer.SendToAsync(_queue, Events.Created(_id, 1, "waits"));
        await Eventually.GetAsync(
            receiver.HealthAsync,
            health => health.Contains($"The broker at 127.0.0.1:{wire.Port} cannot be reached", StringComparison.Ordinal));

        wire.FailsAt = null;
        Assert.Equal("waits", (await _producer.ItemAsync(_id, item => item is not null))!.Name);
        await receiver.WaitUntilHealthyAsync();
    }

    /// <summary>Like a pulled cable. The broker sends the message over the silent connection, and gets it back when that ends.</summary>
    [Fact]
    public async Task A_silent_connection_is_closed_and_its_messages_come_by_another_one()
    {
        await using var wire = new FaultyWire(infrastructure.Broker);
        await using var receiver = Start(wire.Address);
        await receiver.WaitUntilHealthyAsync();

        wire.FallSilent();
        await _producer.SendToAsync(_queue, Events.Created(_id, 1, "on the way"));
        Assert.Equal("on the way", (await _producer.ItemAsync(_id, item => item is not null, SoonAfterIdleTimeout))!.Name);
        Assert.Equal(2, wire.Connections);
    }

    [Fact]
    public async Task A_wrong_password_is_an_outage_that_health_reports()
    {
        var address = new UriBuilder(infrastructure.Broker) { Password = "wrong" }.Uri.AbsoluteUri;
        await using var receiver = Start(address);
        await Eventually.GetAsync(
            receiver.HealthAsync, health => health.Contains("cannot be reached: ", StringComparison.Ordinal));
    }

    private ServiceHost<EntityItem> Start(string broker)
    {
        var receiver = new ServiceHost<EntityItem>(
            $"ConnectionStrings:receiverdb={_producer.Database}",
            $"ConnectionStrings:artemis={broker}",
            $"Inbox:Queue={_queue}",
            "Amqp:ConnectTimeout=00:00:01",
            "Amqp:IdleTimeout=00:00:01");
        receiver.Start();
        return receiver;
    }
}
