using System.Diagnostics;
using Npgsql;
using ServiceDefaults.Data;

namespace ReceiverService.Tests.Inbox;

[Collection(ReceiverSuite.Name)]
public sealed class InboxRetentionTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task Rows_that_are_too_old_are_removed_and_no_others()
    {
        var interval = TimeSpan.FromSeconds(10);
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, "Inbox:Retention:StepSize=10", "Inbox:Retention:Pause=00:00:00", $"Inbox:Retention:Interval={interval}");

        // In one transaction, so that one pass has to find all; and many of one moment: more than fit into a step.
        await AddRowsAsync(
            receiver.Database, 100, "CASE WHEN i <= 95 THEN now() - interval '7 days 1 minute' ELSE now() - interval '6 days 23 hours' END");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count < 100);
        var begun = Stopwatch.GetTimestamp();
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);
        Assert.True(Stopwatch.GetElapsedTime(begun) < interval / 2, "It took more than one pass.");

        // What is not old stays, however often it is looked.
        await AddRowsAsync(receiver.Database, 1, "now() - interval '8 days'");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);
        Assert.Equal(5, await CountAsync(receiver.Database));
    }

    /// <summary>A row every so often tells how long the consumer could not write one.</summary>
    [LongFact]
    public async Task A_million_old_rows_are_removed_without_a_pause_of_the_consumer()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:Retention:Interval=00:00:01");
        await AddRowsAsync(receiver.Database, 1_000_000, "now() - interval '8 days' - i * interval '1 millisecond'");
        using var removed = new CancellationTokenSource();
        var consuming = ConsumeAsync(receiver, removed.Token);
        await Eventually.GetAsync(
            () => Sql.ScalarAsync<long>(receiver.Database, "SELECT count(*) FROM inbox_messages WHERE processed_at < now() - interval '7 days'"),
            old => old == 0,
            TimeSpan.FromMinutes(5));
        await removed.CancelAsync();
        var sent = await consuming;
        await receiver.SendLastAsync();

        var longest = await Sql.ScalarAsync<TimeSpan>(receiver.Database, """
            SELECT max(pause) FROM (SELECT processed_at - lag(processed_at) OVER (ORDER BY processed_at) AS pause
                FROM inbox_messages WHERE processed_at > now() - interval '1 day') AS pauses
            """);
        Assert.Equal(sent + 1, await CountAsync(receiver.Database));
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private static async Task<int> ConsumeAsync(RunningReceiver receiver, CancellationToken end)
    {
        var sent = 0;
        while (!end.IsCancellationRequested)
        {
            await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "meanwhile"));
            sent++;
        }

        return sent;
    }

    [Fact]
    public async Task One_step_removes_the_oldest_rows_and_no_more_than_it_may()
    {
        // The receiver's own retention, which looks as soon as it runs, finds none of them old.
        await using var receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:Retention:Period=3650.00:00:00");
        await AddRowsAsync(receiver.Database, 25, "now() - i * interval '1 day'");
        var delete = new BoundedDelete("inbox_messages", "processed_at");
        await using var connection = new NpgsqlConnection(receiver.Database);
        await connection.OpenAsync();

        var (removed, next) = await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, DateTime.MinValue, default);
        Assert.Equal(10, removed);
        Assert.Equal(15, await CountAsync(receiver.Database));
        Assert.Equal(
            15, await Sql.ScalarAsync<int>(receiver.Database, "SELECT extract(day FROM now() - min(processed_at))::int FROM inbox_messages"));

        (removed, next) = await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, next, default);
        Assert.Equal((6, 9), (removed, await CountAsync(receiver.Database)));
        Assert.Equal((0, next), await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, next, default));
    }

    private static async Task AddRowsAsync(string database, int count, string processedAt) => await Sql.ExecuteAsync(
        database,
        $"""
        INSERT INTO inbox_messages (message_id, consumer, processed_at)
        SELECT gen_random_uuid(), 'test', {processedAt} FROM generate_series(1, {count}) i
        """);

    private static Task<long> CountAsync(string database) => Sql.ScalarAsync<long>(database, "SELECT count(*) FROM inbox_messages");
}
