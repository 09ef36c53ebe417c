using Amqp;
using Amqp.Types;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace Benchmarks.Amqp;

/// <summary>A broker of the benchmark's own, as the AppHost starts one.</summary>
internal sealed class BrokerUnderTest : IAsyncDisposable
{
    private const string ArtemisHome = "ARTEMIS_HOME";

    private readonly DistributedApplication _app;

    private BrokerUnderTest(DistributedApplication app) => _app = app;

    /// <summary>User and password included.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What it calls itself when a connection is opened: name and version.</summary>
    public string Product { get; private set; } = "";

    /// <summary>Starts a broker: Artemis or, without it, what the AppHost takes where there is none, RabbitMQ.</summary>
    public static async Task<BrokerUnderTest> StartAsync(bool withArtemis)
    {
        var home = Environment.GetEnvironmentVariable(ArtemisHome);
        try
        {
            Environment.SetEnvironmentVariable(ArtemisHome, withArtemis ? home : null);
            return await StartAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable(ArtemisHome, home);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<BrokerUnderTest> StartAsync()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddArtemis("broker", builder.AddParameter("user", "user"), builder.AddParameter("password", "password", secret: true));
        var broker = new BrokerUnderTest(await builder.BuildAsync());
        await broker._app.StartAsync();
        await broker._app.ResourceNotifications.WaitForResourceHealthyAsync("broker");
        broker.Address = (await broker._app.GetConnectionStringAsync("broker"))!;
        var connection = await new ConnectionFactory().CreateAsync(
            new Address(broker.Address),
            null,
            (_, open) => broker.Product = $"{open.Properties[new Symbol("product")]} {open.Properties[new Symbol("version")]}");
        await connection.CloseAsync();
        return broker;
    }
}
