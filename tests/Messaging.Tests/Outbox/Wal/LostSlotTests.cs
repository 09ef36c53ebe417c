using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>The slot is gone, or the server has removed log that the relay had not read. Messages are pending then.</summary>
[Collection(MessagingSuite.Name)]
public sealed class LostSlotTests(Infrastructure infrastructure)
{
    private const int Aggregates = 20;
    private const int Versions = 10;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_slot_is_reported_and_replaced_and_nothing_is_lost_or_out_of_order(bool isDropped)
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        var queue = Infrastructure.NewQueue();
        var log = new RecordedLog();
        await using var host = await OutboxHost.StartAsync(
            table.Database,
            wire.Address,
            services => services.AddSingleton<ILoggerProvider>(log),
            "Outbox:Relay=Wal",
            $"Outbox:Queue={queue}");
        await LogSlot.FollowedAsync(table);
        await table.AddManyAsync(Aggregates * Versions, Aggregates);
        await OutboxRows.SentAsync(table.Database, 1 + (Aggregates * Versions));

        wire.Cut();
        await Eventually.GetAsync(() => LogSlot.IsActiveAsync(table.Database), isActive => !isActive);
        await Sql.ExecuteAsync(table.Database, $"""
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
            SELECT gen_random_uuid(), type, aggregate_id, aggregate_version + {Versions}, partition, payload, headers, now(), 'Pending', 0
            FROM outbox_messages WHERE headers::text LIKE '%many%' ORDER BY id
            """);
        if (isDropped)
        {
            await LogSlot.DropAsync(table.Database);
        }
        else
        {
            await LogSlot.LoseAsync(table.Database);
            await Eventually.GetAsync(
                () => StateOfLogAsync(host),
                state => state.Status == HealthStatus.Degraded
                    && state.Description!.StartsWith("The server has removed log", StringComparison.Ordinal));
        }

        wire.Restore();
        await OutboxRows.SentAsync(table.Database, 1 + (2 * Aggregates * Versions));
        var came = await QueueReader.FirstAppearancesAsync(infrastructure, queue, 1 + (2 * Aggregates * Versions));
        Assert.All(came.Values, versions => Assert.Equal(versions.Order(), versions));
        await LogSlot.FollowedAsync(table);
        await Eventually.GetAsync(() => StateOfLogAsync(host), state => state.Status == HealthStatus.Healthy);
        Assert.Single(log.Lines, line => line.StartsWith("The replication slot was lost.", StringComparison.Ordinal));
    }

    private static async Task<HealthReportEntry> StateOfLogAsync(OutboxHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "log")).Entries["log"];
}
