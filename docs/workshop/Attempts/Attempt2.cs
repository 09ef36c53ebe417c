using Amqp;
using Npgsql;

namespace Attempts;

/// <summary>
/// Attempt 2: the outbox. The message is saved together with the item, and a relay sends it. So none is lost. But a message that is
/// published and not marked when the process dies is published again.
/// </summary>
internal static class Attempt2
{
    public const string SenderTables = $"""
        {Attempt1.SenderTables};
        CREATE TABLE outbox (item int PRIMARY KEY, is_sent boolean NOT NULL DEFAULT false)
        """;

    /// <summary>The sending service. Its relay would run in the background; here it runs after each item.</summary>
    public static async Task SendAsync(NpgsqlConnection database, SenderLink queue)
    {
        await RelayAsync(database, queue); // what a crash has left
        while (await database.NextItemAsync() is { } item)
        {
            await SaveAsync(database, item);
            Step.Reached(item, "committed, not published"); // a crash here means: the next relay finds the message
            await RelayAsync(database, queue);
        }
    }

    private static async Task SaveAsync(NpgsqlConnection database, int item)
    {
        await using var transaction = await database.BeginTransactionAsync();
        await database.ExecuteAsync("INSERT INTO items (number) VALUES (@item)", item);
        await database.ExecuteAsync("INSERT INTO outbox (item) VALUES (@item)", item);
        await transaction.CommitAsync(); // both, or neither
    }

    private static async Task RelayAsync(NpgsqlConnection database, SenderLink queue)
    {
        foreach (var item in await database.ReadItemsAsync("SELECT item FROM outbox WHERE NOT is_sent ORDER BY item"))
        {
            await queue.SendAsync(Queue.Message(item));
            Step.Reached(item, "published, not marked"); // a crash here means: it is published again

            await database.ExecuteAsync("UPDATE outbox SET is_sent = true WHERE item = @item", item);
        }
    }
}
