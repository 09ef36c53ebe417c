using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AppHost.Tests;

/// <summary>
/// The whole system as the AppHost describes it, on its own volumes. A scenario breaks something and checks what must still be true. Then
/// it leaves the system running for the next scenario.
/// </summary>
public class DemoSystem : IAsyncLifetime
{
    public const string Sender = "sender";
    public const string Receiver = "receiver";
    public const string Broker = "artemis";
    public const string ReceiverDatabase = "receiver-postgres";

    protected static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(3);
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";
    private readonly TcpWire _wire = new();

    /// <summary>The notifications of the start, in their order. Each reads "resource state health".</summary>
    public ConcurrentQueue<string> Starting { get; } = [];

    /// <summary>The running system.</summary>
    protected DistributedApplication App { get; private set; } = null!;

    /// <summary>More arguments of the AppHost.</summary>
    protected virtual IEnumerable<string> Arguments => [];

    /// <summary>Starts everything and waits until the broker and both services are healthy.</summary>
    public async Task InitializeAsync()
    {
        using var started = new CancellationTokenSource();
        var watching = Task.CompletedTask;
        App = await Orchestrator.StartAsync(async () =>
        {
            string[] arguments = [$"--Demo:Volumes={_volumes}", "--Demo:FreePorts=true", .. Arguments];
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(arguments);
            RouteThroughWire(builder);
            var app = await builder.BuildAsync();
            Starting.Clear();
            watching = WatchAsync(app, started.Token);
            return app;
        });
        await WaitUntilHealthyAsync(Broker);
        await WaitUntilHealthyAsync(Sender);
        await WaitUntilHealthyAsync(Receiver);
        await started.CancelAsync();
        await watching;
    }

    /// <summary>Posts entities. The answer to each is 201.</summary>
    /// <returns>What the receiver must show in the end.</returns>
    public async Task<IReadOnlyList<Item>> PostAsync(int count, string name)
    {
        using var client = Client(Sender);
        var items = new List<Item>();
        for (var i = 0; i < count; i++)
        {
            using var created = await client.PostAsJsonAsync("/api/EntityItems", new { name = $"{name} {i}", value = i });
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            items.Add((await created.Content.ReadFromJsonAsync<Item>())!);
        }

        return items;
    }

    /// <summary>Waits until the receiver shows all of these entities. Then it compares them, with their versions.</summary>
    public async Task AssertProjectionsAsync(IEnumerable<Item> expected)
    {
        var items = expected.ToDictionary(item => item.Id);
        using var client = Client(Receiver);
        var shown = await Eventually.GetAsync(
            async () => (await client.GetFromJsonAsync<Item[]>("/api/EntityItems"))!.Where(item => items.ContainsKey(item.Id)).ToArray(),
            shown => shown.Length >= items.Count,
            StepTimeout);
        Assert.Equal(items.Values.OrderBy(item => item.Id), shown.OrderBy(item => item.Id));
    }

    /// <summary>The wire between the sender and the broker.</summary>
    public TcpWire SenderWire => _wire;

    public Task StopAsync(string resource) => CommandAsync(resource, KnownResourceCommands.StopCommand, ended: true);

    /// <summary>Starts a resource again and waits until it is healthy.</summary>
    public async Task StartAsync(string resource)
    {
        await CommandAsync(resource, KnownResourceCommands.StartCommand, ended: false);
        await WaitUntilHealthyAsync(resource);
    }

    /// <summary>Kills a service as the workshop's button does, with SIGKILL at any moment.</summary>
    public Task CrashAsync(string service) => CommandAsync(service, "crash", ended: true);

    /// <summary>Executes a command of a resource, as its button in the dashboard does.</summary>
    public async Task<ExecuteCommandResult> PressAsync(string resource, string command)
    {
        using var timeout = new CancellationTokenSource(StepTimeout);
        return await App.ResourceCommands.ExecuteCommandAsync(resource, command, timeout.Token);
    }

    public async Task<string> ConnectionStringAsync(string resource) => (await App.GetConnectionStringAsync(resource))!;

    /// <summary>A client of a service's API.</summary>
    public HttpClient Client(string service)
    {
        var client = App.CreateHttpClient(service, "http");
        client.Timeout = TimeSpan.FromSeconds(15);
        return client;
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await _wire.DisposeAsync();
        await TestVolumes.RemoveAsync(_volumes);
    }

    /// <summary>Waits until a resource has ended.</summary>
    protected async Task EndedAsync(string resource)
    {
        using var timeout = new CancellationTokenSource(StepTimeout);
        await App.ResourceNotifications.WaitForResourceAsync(resource, KnownResourceStates.TerminalStates, timeout.Token);
    }

    /// <summary>Waits until a resource is healthy.</summary>
    protected async Task WaitUntilHealthyAsync(string resource)
    {
        using var timeout = new CancellationTokenSource(StepTimeout);
        await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, WaitBehavior.WaitOnResourceUnavailable, timeout.Token);
    }

    private async Task WatchAsync(DistributedApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(cancellationToken))
            {
                Starting.Enqueue($"{change.Resource.Name} {change.Snapshot.State?.Text} {change.Snapshot.HealthStatus}");
            }
        }
        catch (OperationCanceledException)
        {
            // Everything has been started.
        }
    }

    /// <summary>Routes the sender's connection to the broker through a wire in this process.</summary>
    private void RouteThroughWire(IDistributedApplicationTestingBuilder builder)
    {
        var artemis = builder.Resources.OfType<IBrokerResource>().Single();
        var sender = builder.Resources.OfType<ProjectResource>().Single(project => project.Name == Sender);
        builder.CreateResourceBuilder(sender).WithEnvironment(async context =>
        {
            var address = (await artemis.ConnectionStringExpression.GetValueAsync(context.CancellationToken))!;
            var broker = new Uri(address);
            _wire.Server = new DnsEndPoint(broker.Host, broker.Port);
            context.EnvironmentVariables["ConnectionStrings__artemis"] = _wire.Reroute(address);
        });
    }

    private async Task CommandAsync(string resource, string command, bool ended)
    {
        var result = await PressAsync(resource, command);
        Assert.True(result.Success, result.Message);
        if (ended)
        {
            await EndedAsync(resource);
        }
    }
}

/// <summary>All scenarios share one system. They run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneDemoSystem : ICollectionFixture<DemoSystem>
{
    public const string Name = "The demo's system";
}
