using Npgsql;
using ServiceDefaults.Data;
using Tests.Harness;
using Xunit;

namespace ReceiverService.Tests.Inbox;

[Collection(ReceiverSuite.Name)]
public sealed class InboxRetentionTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task Rows_that_are_too_old_are_removed_and_no_others()
    {
        await using var receiver = await RunningReceiver.StartAsync(
            infrastructure, "Inbox:Retention:StepSize=10", "Inbox:Retention:Pause=00:00:00", "Inbox:Retention:Interval=00:00:00.05");

        // Many of one moment: more than fit into a step.
        await AddRowsAsync(receiver.Database, 95, "now() - interval '7 days 1 minute'");
        await AddRowsAsync(receiver.Database, 5, "now() - interval '6 days 23 hours'");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);

        // What is not old stays, however often it is looked.
        await AddRowsAsync(receiver.Database, 1, "now() - interval '8 days'");
        await Eventually.GetAsync(() => CountAsync(receiver.Database), count => count <= 5);
        Assert.Equal(5, await CountAsync(receiver.Database));
    }

    [Fact]
    public async Task One_step_removes_the_oldest_rows_and_no_more_than_it_may()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await AddRowsAsync(receiver.Database, 25, "now() - i * interval '1 day'");
        var delete = new BoundedDelete("inbox_messages", "processed_at");
        await using var connection = new NpgsqlConnection(receiver.Database);
        await connection.OpenAsync();

        var (removed, next) = await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, DateTime.MinValue, default);
        Assert.Equal(10, removed);
        Assert.Equal(15, await CountAsync(receiver.Database));
        Assert.Equal(15, await Sql.ScalarAsync<int>(receiver.Database, "SELECT extract(day FROM now() - min(processed_at))::int FROM inbox_messages"));

        (removed, next) = await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, next, default);
        Assert.Equal((6, 9), (removed, await CountAsync(receiver.Database)));
        Assert.Equal((0, next), await delete.StepAsync(connection, TimeSpan.FromDays(9.5), 10, next, default));
    }

    private static async Task AddRowsAsync(string database, int count, string processedAt) => await Sql.ExecuteAsync(
        database,
        $"INSERT INTO inbox_messages (message_id, consumer, processed_at) SELECT gen_random_uuid(), 'test', {processedAt} FROM generate_series(1, {count}) i");

    private static Task<long> CountAsync(string database) => Sql.ScalarAsync<long>(database, "SELECT count(*) FROM inbox_messages");
}
