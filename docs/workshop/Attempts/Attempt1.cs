using Amqp;
using Npgsql;

namespace Attempts;

/// <summary>Attempt 1: save, then send. An item that is saved when the process dies is never sent.</summary>
internal static class Attempt1
{
    public const string SenderTables = "CREATE TABLE items (number int PRIMARY KEY)";

    /// <summary>Nothing forbids two rows of one item here, because a doubled effect must be seen.</summary>
    public const string ReceiverTables = "CREATE TABLE items (number int NOT NULL)";

    /// <summary>The sending service.</summary>
    public static async Task SendAsync(NpgsqlConnection database, SenderLink queue)
    {
        while (await database.NextItemAsync() is { } item)
        {
            await database.ExecuteAsync("INSERT INTO items (number) VALUES (@item)", item);
            Step.Reached(item, "saved, not sent"); // a crash here means: nobody ever learns of the item

            await queue.SendAsync(Queue.Message(item));
            Step.Reached(item, "sent");
        }
    }

    /// <summary>The receiving service.</summary>
    public static async Task ReceiveAsync(NpgsqlConnection database, ReceiverLink queue)
    {
        while (await queue.ReceiveAsync(Queue.Patience) is { } message)
        {
            await database.ExecuteAsync("INSERT INTO items (number) VALUES (@item)", Queue.ItemOf(message));
            queue.Accept(message);
        }
    }
}
