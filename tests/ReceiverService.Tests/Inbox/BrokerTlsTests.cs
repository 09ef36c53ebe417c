using ReceiverService.EntityItems;
using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>
/// A broker behind TLS (amqps). Each service is a process of its own, because a process can trust a certificate only as a whole.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class BrokerTlsTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Attempts = 4;
    private readonly string _queue = Infrastructure.NewQueue();
    private RunningReceiver _producer = null!;
    private TlsEntrance _entrance = null!;

    /// <summary>Sends messages and reads the projection. Its own receiver listens to another queue.</summary>
    public async Task InitializeAsync()
    {
        _producer = await RunningReceiver.StartAsync(infrastructure);
        _entrance = new TlsEntrance(infrastructure.Broker);
    }

    public async Task DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _entrance.DisposeAsync();
    }

    [Fact]
    public async Task Messages_are_consumed_over_TLS()
    {
        await using var receiver = Start(new Dictionary<string, string> { ["SSL_CERT_FILE"] = _entrance.CertificateFile });
        await receiver.WaitUntilHealthyAsync();

        var id = Guid.CreateVersion7();
        await _producer.SendToAsync(_queue, Events.Created(id, 1, "encrypted"));
        Assert.Equal("encrypted", (await _producer.ItemAsync(id, item => item is not null))!.Name);
    }

    [Fact]
    public async Task An_untrusted_certificate_is_an_outage_that_log_and_health_report()
    {
        await using var receiver = Start(new Dictionary<string, string>());
        await Eventually.GetAsync(() => Task.FromResult(_entrance.Connections), connections => connections >= Attempts);
        Assert.Contains(
            $"The broker at 127.0.0.1:{_entrance.Port} cannot be reached: The remote certificate is invalid",
            await receiver.HealthAsync(),
            StringComparison.Ordinal);
        Assert.Single(
            receiver.Output,
            line => line.Contains("tries again until it can: The remote certificate is invalid", StringComparison.Ordinal));
    }

    private ServiceInstance Start(Dictionary<string, string> environment) => ServiceInstance.Start(
        typeof(EntityItem).Assembly.Location,
        environment,
        "environment=Development",
        $"ConnectionStrings:receiverdb={_producer.Database}",
        $"ConnectionStrings:artemis={_entrance.Address}",
        $"Inbox:Queue={_queue}");
}
