using Messaging.Outbox.Relay;
using Xunit.Abstractions;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>
/// What the relay asks again and again costs the same, however many messages are pending or sent. With long tests, a million are.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class RelayPlanTests(Infrastructure infrastructure, ITestOutputHelper output)
{
    private static readonly int Many = LongTests.Choose(50_000, 1_000_000);

    [Fact]
    public async Task A_read_uses_the_partial_index_and_costs_the_same_however_much_is_pending_or_sent()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(2_000, aggregates: 1_000);
        await AssertPlanAsync(table, 0);
        var costOfFew = await RelayPlan.BuffersAsync(table.Database, 0);

        await table.AddManyAsync(Many, aggregates: 1_000, "Sent");
        await table.AddManyAsync(Many, aggregates: 1_000);
        await AssertPlanAsync(table, 0);
        await Sql.ExecuteAsync(table.Database, "ANALYZE outbox_messages");
        foreach (var from in (long[])[0, Many, Many * 3L / 2])
        {
            await AssertPlanAsync(table, from);
            var cost = await RelayPlan.BuffersAsync(table.Database, from);
            output.WriteLine($"from {from}: {cost} pages, and {costOfFew} when there was little");

            // At most one page for each row, wherever the rows are, besides what a few rows cost.
            Assert.InRange(cost, 1, costOfFew + RelayPlan.BatchSize);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_heartbeat_costs_the_same_however_much_was_sent(bool isAnalyzed)
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(10, aggregates: 10);
        var costOfFew = await RelayPlan.HeartbeatBuffersAsync(table.Database, 0);

        await table.AddManyAsync(Many, aggregates: 1_000, "Sent");
        await table.AddManyAsync(10, aggregates: 10);
        if (isAnalyzed)
        {
            await Sql.ExecuteAsync(table.Database, "VACUUM ANALYZE outbox_messages");
        }

        var cost = await RelayPlan.HeartbeatBuffersAsync(table.Database, 0);
        output.WriteLine($"{cost} pages, and {costOfFew} when there was little");
        Assert.InRange(cost, 1, costOfFew + 10);
    }

    /// <summary>After an outage much is pending, and the statistics are older.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mark_handles_only_its_own_rows_although_the_statistics_know_of_no_pending_ones(bool areLogged)
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(20 * RelayPlan.BatchSize, aggregates: 1_000, "Sent");
        await Sql.ExecuteAsync(table.Database, "ANALYZE outbox_messages");
        await table.AddManyAsync(10 * RelayPlan.BatchSize, aggregates: 1_000);
        await using var session = await OutboxSession.OpenAsync(table.Sessions, default);
        var accepted = await PendingMessage.ReadAsync(session, OutboxTable.All, 0, RelayPlan.BatchSize, default);

        Assert.Equal(RelayPlan.BatchSize, await RelayPlan.MarkRowsAsync(table.Database, accepted, areLogged));
    }

    private static async Task AssertPlanAsync(OutboxTable table, long from)
    {
        var nodes = await RelayPlan.IndexesAsync(table.Database, from);
        Assert.Contains("ix_outbox_messages_pending", nodes);
        Assert.DoesNotContain("pk_outbox_messages", nodes);
        Assert.DoesNotContain("Seq Scan", nodes);
        Assert.DoesNotContain("Sort", nodes);
    }
}
