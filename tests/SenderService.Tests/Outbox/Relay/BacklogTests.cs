using Xunit.Abstractions;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>
/// The time to drain a backlog is proportional to its size. The memory is not. With long tests, the backlog has a million rows.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class BacklogTests(Infrastructure infrastructure, ITestOutputHelper output)
{
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromMinutes(20);
    private static readonly int Many = LongTests.Choose(50_000, 1_000_000);

    [Fact]
    public async Task A_backlog_is_drained_in_bounded_memory_and_as_fast_at_its_end_as_at_its_beginning()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await OutboxRows.AddManyAsync(database, Many, aggregates: 5_000);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(database, infrastructure.Broker, Infrastructure.NewQueue()));
        var largest = 0L;
        await Eventually.GetAsync(
            async () =>
            {
                largest = Math.Max(largest, sender.WorkingSet);
                return await Sql.ScalarAsync<bool>(database, "SELECT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')");
            },
            pending => !pending,
            DrainDeadline);

        // The rows of each tenth, by the time of their mark.
        var rates = await Sql.ScalarAsync<double[]>(database, """
            SELECT array_agg(rows / seconds ORDER BY tenth) FROM (
                SELECT tenth, count(*) AS rows, greatest(0.001, extract(epoch FROM max(sent_at) - min(sent_at))::float8) AS seconds
                FROM (SELECT sent_at, ntile(10) OVER (ORDER BY sent_at) AS tenth FROM outbox_messages) AS sent
                GROUP BY tenth) AS tenths
            """);
        var tenths = string.Join(", ", rates.Select(rate => $"{rate:0}"));
        output.WriteLine($"{Many} rows; working set at most {largest >> 20} MiB; rows per second, tenth by tenth: {tenths}");
        Assert.InRange(largest >> 20, 1, 400);

        // A tenth of the short version may be a single mark, or one pause of the broker.
        if (LongTests.AreOn)
        {
            Assert.InRange(rates[^1], rates[1] / 4, double.MaxValue);
        }
    }
}
