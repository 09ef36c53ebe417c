using System.Diagnostics;

namespace ReceiverService.Tests.Inbox;

[Collection(ReceiverSuite.Name)]
public sealed class InboxRetentionTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task Only_rows_that_are_too_old_are_removed()
    {
        var interval = TimeSpan.FromSeconds(10);
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, "Inbox:Retention:StepSize=10", "Inbox:Retention:Pause=00:00:00", $"Inbox:Retention:Interval={interval}");

        // One transaction, so that one pass must find all rows. More rows have the same time than fit into a step.
        await AddRowsAsync(
            receiver.Database,
            100,
            "CASE WHEN i <= 95 THEN now() - interval '7 days 1 minute' ELSE now() - interval '6 days 23 hours' END");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count < 100);
        var begun = Stopwatch.GetTimestamp();
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);
        Assert.True(Stopwatch.GetElapsedTime(begun) < interval / 2, "The removal took more than one pass.");

        // Rows that are not old stay, after any number of passes.
        await AddRowsAsync(receiver.Database, 1, "now() - interval '8 days'");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);
        Assert.Equal(5, await CountAsync(receiver.Database));
    }

    /// <summary>The times of the rows show the longest time in which the consumer wrote none.</summary>
    [LongFact]
    public async Task The_consumer_continues_while_a_million_old_rows_are_removed()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:Retention:Interval=00:00:01");
        await AddRowsAsync(receiver.Database, 1_000_000, "now() - interval '8 days' - i * interval '1 millisecond'");
        using var removed = new CancellationTokenSource();
        var consuming = ConsumeAsync(receiver, removed.Token);
        await Eventually.GetAsync(
            () => Sql.ScalarAsync<long>(
                receiver.Database, "SELECT count(*) FROM inbox_messages WHERE processed_at < now() - interval '7 days'"),
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
    public async Task One_step_removes_the_oldest_rows_up_to_the_step_size()
    {
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, "Inbox:Retention:StepSize=10", "Inbox:Retention:Pause=00:00:00", "Inbox:Retention:Interval=00:00:01");
        await receiver.ExecuteAsync("""
            CREATE TABLE steps (id bigint GENERATED ALWAYS AS IDENTITY, rows bigint, oldest timestamptz, newest timestamptz);
            CREATE FUNCTION log_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO steps (rows, oldest, newest)
                    SELECT count(*), min(processed_at), max(processed_at) FROM removed HAVING count(*) > 0;
                RETURN NULL; END $$;
            CREATE TRIGGER log_step AFTER DELETE ON inbox_messages REFERENCING OLD TABLE AS removed
                FOR EACH STATEMENT EXECUTE FUNCTION log_step();
            """);
        await AddRowsAsync(receiver.Database, 25, "now() - i * interval '1 day'");

        // The last 6 days stay. The row of 7 days is a little older than the period.
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count == 6);
        Assert.Equal("10,9", await Sql.ScalarAsync<string>(receiver.Database, "SELECT string_agg(rows::text, ',' ORDER BY id) FROM steps"));
        Assert.True(await Sql.ScalarAsync<bool>(
            receiver.Database,
            "SELECT (SELECT newest FROM steps ORDER BY id LIMIT 1) < (SELECT oldest FROM steps ORDER BY id DESC LIMIT 1)"));
    }

    private static async Task AddRowsAsync(string database, int count, string processedAt) => await Sql.ExecuteAsync(
        database,
        $"""
        INSERT INTO inbox_messages (message_id, consumer, processed_at)
        SELECT gen_random_uuid(), 'test', {processedAt} FROM generate_series(1, {count}) i
        """);

    private static Task<long> CountAsync(string database) => Sql.ScalarAsync<long>(database, "SELECT count(*) FROM inbox_messages");
}
