using Xunit.Abstractions;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>A backlog of any size costs time in proportion, and no memory. With long tests on it has a million rows.</summary>
[Collection(SenderSuite.Name)]
public sealed class BacklogTests(Infrastructure infrastructure, ITestOutputHelper output)
{
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromMinutes(20);
    private static readonly int Many = LongTests.Choose(50_000, 1_000_000);

    [Fact]
    public async Task A_read_uses_the_partial_index_and_costs_the_same_however_much_is_pending_or_sent()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(2_000, aggregates: 1_000);
        await AssertPlanAsync(table, 0);
        var costOfFew = await ReadPlan.BuffersAsync(table.Database, 0);

        await table.AddManyAsync(Many, aggregates: 1_000, "Sent");
        await table.AddManyAsync(Many, aggregates: 1_000);
        await AssertPlanAsync(table, 0);
        await Sql.ExecuteAsync(table.Database, "ANALYZE outbox_messages");
        foreach (var from in (long[])[0, Many, Many * 3L / 2])
        {
            await AssertPlanAsync(table, from);
            var cost = await ReadPlan.BuffersAsync(table.Database, from);
            output.WriteLine($"from {from}: {cost} pages, and {costOfFew} when there was little");

            // However the rows lie, a page for each is the most, besides what few rows cost.
            Assert.InRange(cost, 1, costOfFew + ReadPlan.BatchSize);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_heartbeat_costs_the_same_however_much_was_sent(bool isAnalyzed)
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(10, aggregates: 10);
        var costOfFew = await ReadPlan.HeartbeatBuffersAsync(table.Database, 0);

        await table.AddManyAsync(Many, aggregates: 1_000, "Sent");
        await table.AddManyAsync(10, aggregates: 10);
        if (isAnalyzed)
        {
            await Sql.ExecuteAsync(table.Database, "VACUUM ANALYZE outbox_messages");
        }

        var cost = await ReadPlan.HeartbeatBuffersAsync(table.Database, 0);
        output.WriteLine($"{cost} pages, and {costOfFew} when there was little");
        Assert.InRange(cost, 1, costOfFew + 10);
    }

    [Fact]
    public async Task A_backlog_is_drained_in_bounded_memory_and_as_fast_at_its_end_as_at_its_beginning()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddManyAsync(Many, aggregates: 5_000);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(table.Database, infrastructure.Broker, Infrastructure.NewQueue()));
        var largest = 0L;
        await Eventually.GetAsync(
            async () =>
            {
                largest = Math.Max(largest, sender.WorkingSet);
                return await Sql.ScalarAsync<bool>(table.Database, "SELECT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')");
            },
            pending => !pending,
            DrainDeadline);

        // By when the rows of each tenth were marked.
        var rates = await Sql.ScalarAsync<double[]>(table.Database, """
            SELECT array_agg(rows / seconds ORDER BY tenth) FROM (
                SELECT tenth, count(*) AS rows, greatest(0.001, extract(epoch FROM max(sent_at) - min(sent_at))::float8) AS seconds
                FROM (SELECT sent_at, ntile(10) OVER (ORDER BY sent_at) AS tenth FROM outbox_messages) AS sent
                GROUP BY tenth) AS tenths
            """);
        output.WriteLine($"{Many} rows; working set at most {largest >> 20} MiB; rows per second, tenth by tenth: {string.Join(", ", rates.Select(rate => $"{rate:0}"))}");
        Assert.InRange(largest >> 20, 1, 400);

        // A tenth of the short version may be a single mark, or one pause of the broker; that no read costs more than another is shown above.
        if (LongTests.AreOn)
        {
            Assert.InRange(rates[^1], rates[1] / 4, double.MaxValue);
        }
    }

    private static async Task AssertPlanAsync(OutboxTable table, long from)
    {
        var nodes = await ReadPlan.IndexesAsync(table.Database, from);
        Assert.Contains("ix_outbox_messages_pending", nodes);
        Assert.DoesNotContain("pk_outbox_messages", nodes);
        Assert.DoesNotContain("Seq Scan", nodes);
        Assert.DoesNotContain("Sort", nodes);
    }
}
