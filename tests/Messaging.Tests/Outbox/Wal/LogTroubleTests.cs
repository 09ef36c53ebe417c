using Messaging.Outbox.Wal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>Somebody breaks what the relay needs to follow the log. Meanwhile it reads the table.</summary>
[Collection(MessagingSuite.Name)]
public sealed class LogTroubleTests(Infrastructure infrastructure)
{
    /// <summary>The table was restored from a backup, for example, and the publication has lost it.</summary>
    [Fact]
    public async Task A_publication_without_the_table_is_made_again()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await Sql.ExecuteAsync(table.Database, "CREATE PUBLICATION outbox_messages WITH (publish = 'insert')");
        await using var host = await OutboxHost.StartAsync(table.Database, infrastructure.Broker, configure: null, "Outbox:Relay=Wal");
        await LogSlot.FollowedAsync(table);
    }

    /// <summary>The relay reads the table once a minute. What is confirmed earlier came from the log.</summary>
    [Theory]
    [InlineData("DROP TABLE outbox_messages")]
    [InlineData("SET (publish = 'delete')")]
    public async Task A_publication_that_somebody_breaks_while_it_is_followed_is_made_again(string change)
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        using var log = new RecordedLog();
        await using var host = await StartAsync(table, log, "Outbox:PollInterval=00:01:00");
        await LogSlot.FollowedAsync(table);
        await Sql.ExecuteAsync(table.Database, $"ALTER PUBLICATION outbox_messages {change}");
        await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(table.Database, $"SELECT {LogSetUp.IsPublished}"), isPublished => isPublished);
        await LogSlot.FollowedAsync(table);
        Assert.Single(log.Lines, line => line.Contains("the publication outbox_messages does not publish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_free_slot_the_relay_reads_the_table_and_says_what_to_do_until_there_is_one()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        using var log = new RecordedLog();
        await Sql.ExecuteAsync(table.Database, """
            SELECT pg_create_physical_replication_slot('taken_' || i) FROM generate_series(
                1, current_setting('max_replication_slots')::int - (SELECT count(*)::int FROM pg_replication_slots)) AS i
            """);
        try
        {
            await using var host = await StartAsync(table, log);
            await table.AddAsync(Guid.CreateVersion7(), 1);
            await OutboxRows.SentAsync(table.Database, 1);
            await Eventually.GetAsync(
                () => Task.FromResult(log.Lines),
                lines => lines.Any(line => line.EndsWith("increase max_replication_slots.", StringComparison.Ordinal)));
            await FreeSlotsAsync();
            await LogSlot.FollowedAsync(table);
        }
        finally
        {
            await FreeSlotsAsync();
        }

        Task<int> FreeSlotsAsync() => Sql.ExecuteAsync(
            table.Database, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'taken%'");
    }

    [Fact]
    public async Task Health_is_degraded_when_there_has_been_no_slot_for_a_minute()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var polling = await OutboxHost.StartAsync(table.Database, infrastructure.Broker);
        var time = new FakeTimeProvider();
        using var monitor = ActivatorUtilities.CreateInstance<LogLagMonitor>(polling.Services, time);
        await monitor.StartAsync(default);
        Assert.Equal(HealthStatus.Healthy, (await monitor.CheckHealthAsync(new())).Status);
        var report = await Eventually.GetAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return monitor.CheckHealthAsync(new());
            },
            report => report.Status == HealthStatus.Degraded);
        Assert.Contains("there has been no replication slot", report.Description!, StringComparison.Ordinal);
        await monitor.StopAsync(default);
    }

    private Task<OutboxHost> StartAsync(OutboxTable table, RecordedLog log, params string[] settings) => OutboxHost.StartAsync(
        table.Database,
        infrastructure.Broker,
        services => services.AddSingleton<ILoggerProvider>(log),
        ["Outbox:Relay=Wal", .. settings]);
}
