using System.Reflection;
using Microsoft.EntityFrameworkCore;
using SenderService.Data;
using SenderService.EntityItems;

namespace SenderService.Tests;

/// <summary>All test classes share one PostgreSQL and one broker. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SenderSuite : ICollectionFixture<Infrastructure>
{
    public const string Name = "sender";
}

/// <summary>One service for all tests of a class.</summary>
public sealed class SenderFixture(Infrastructure infrastructure) : IAsyncLifetime
{
    internal RunningSender Sender { get; private set; } = null!;

    public async Task InitializeAsync() => Sender = await RunningSender.StartAsync(infrastructure);

    public async Task DisposeAsync() => await Sender.DisposeAsync();
}

/// <summary>A SenderService on a database and a queue of its own.</summary>
internal sealed class RunningSender : IAsyncDisposable
{
    public static readonly Assembly Service = typeof(EntityItem).Assembly;
    private readonly ServiceHost<EntityItem> _host;

    private RunningSender(ServiceHost<EntityItem> host, string database, string queue) =>
        (_host, Database, Queue) = (host, database, queue);

    public HttpClient Client => _host.Client;

    public IServiceProvider Services => _host.Services;

    public Task<string> HealthAsync() => _host.HealthAsync();

    public string Database { get; }

    public string Queue { get; }

    public static async Task<RunningSender> StartAsync(Infrastructure infrastructure, string? broker = null, params string[] settings) =>
        await StartAsync(infrastructure, await infrastructure.CreateDatabaseAsync(), Infrastructure.NewQueue(), broker, settings);

    /// <summary>One more instance of the same service.</summary>
    public static Task<RunningSender> StartAnotherAsync(Infrastructure infrastructure, RunningSender first, params string[] settings) =>
        StartAsync(infrastructure, first.Database, first.Queue, null, settings);

    /// <summary>The settings by which a service works on a database and a queue.</summary>
    public static string[] Settings(string database, string broker, string queue) =>
        [$"ConnectionStrings:senderdb={database}", $"ConnectionStrings:artemis={broker}", $"Outbox:Queue={queue}"];

    /// <summary>A database with the service's tables, before any service works on it.</summary>
    public static async Task<string> CreateDatabaseAsync(Infrastructure infrastructure)
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await using var db = new SenderDbContext(new DbContextOptionsBuilder<SenderDbContext>().UseNpgsql(database).Options);
        await db.Database.MigrateAsync();
        return database;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static async Task<RunningSender> StartAsync(
        Infrastructure infrastructure, string database, string queue, string? broker, string[] settings)
    {
        var host = new ServiceHost<EntityItem>([.. Settings(database, broker ?? infrastructure.Broker, queue), .. settings]);
        host.Start();
        if (broker is null)
        {
            await host.WaitUntilHealthyAsync();
        }
        else
        {
            // The service takes requests. The broker may be away.
            await Eventually.GetAsync(
                host.HealthAsync, health => !health.StartsWith("""{"status":"Unhealthy",""", StringComparison.Ordinal));
        }

        return new RunningSender(host, database, queue);
    }
}
