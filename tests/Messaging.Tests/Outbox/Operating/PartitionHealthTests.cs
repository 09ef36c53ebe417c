using System.Diagnostics.Metrics;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Relay;
using Messaging.Outbox.Sharing;
using Messaging.Outbox.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Tests.Outbox.Operating;

/// <summary>Partitions without a relay show in the health of every instance. A minute passes by the clock of the test.</summary>
[Collection(MessagingSuite.Name)]
public sealed class PartitionHealthTests(Infrastructure infrastructure)
{
    private static readonly TimeSpan Measurement = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_partition_without_a_relay_for_a_minute_is_degraded()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        var time = new FakeTimeProvider();
        await using var services = new ServiceCollection()
            .AddMetrics()
            .AddScoped(_ => new OutboxContext(OrderDbContext.Open(table.Database)))
            .BuildServiceProvider();
        using var monitor = new OutboxBacklogMonitor(
            services.GetRequiredService<IServiceScopeFactory>(),
            services.GetRequiredService<IMeterFactory>(),
            time,
            NullLogger<OutboxBacklogMonitor>.Instance);
        await monitor.StartAsync(default);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(monitor));
        time.Advance(Measurement);
        Assert.Equal(HealthStatus.Degraded, await StatusAsync(monitor));

        // A session that only has the locks is no relay.
        await using (await DatabaseLock.TakeAsync(
            table.Database, $"SELECT pg_advisory_xact_lock({OutboxLocks.Space}, i) FROM generate_series(0, 15) AS i"))
        {
            time.Advance(Measurement);
            Assert.Equal(HealthStatus.Degraded, await StatusAsync(monitor));
        }

        await using var relay = await OutboxSession.OpenAsync(table.Sessions, default);
        await relay.ExecuteAsync($"SELECT pg_advisory_lock({OutboxLocks.Space}, i) FROM generate_series(0, 15) AS i", default);
        await Eventually.GetAsync(
            () =>
            {
                time.Advance(Measurement);
                return StatusAsync(monitor);
            },
            status => status == HealthStatus.Healthy);
        await monitor.StopAsync(default);
    }

    private static async Task<HealthStatus> StatusAsync(OutboxBacklogMonitor monitor) =>
        (await monitor.CheckHealthAsync(new HealthCheckContext())).Status;
}
