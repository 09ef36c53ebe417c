using Amqp;
using Npgsql;

namespace Attempts;

/// <summary>
/// Attempt 3: the outbox of attempt 2, and the inbox. The receiver records the id of each message in the transaction of its effect. So a
/// message that comes again has no second effect.
/// </summary>
internal static class Attempt3
{
    public const string ReceiverTables = $"""
        {Attempt1.ReceiverTables};
        CREATE TABLE inbox (item int PRIMARY KEY)
        """;

    /// <summary>The receiving service. It is killed too.</summary>
    public static async Task ReceiveAsync(NpgsqlConnection database, ReceiverLink queue)
    {
        while (await queue.ReceiveAsync(Queue.Patience) is { } message)
        {
            var item = Queue.ItemOf(message);
            await using (var transaction = await database.BeginTransactionAsync())
            {
                var isNew = await database.ExecuteAsync("INSERT INTO inbox (item) VALUES (@item) ON CONFLICT DO NOTHING", item) == 1;
                if (isNew)
                {
                    await database.ExecuteAsync("INSERT INTO items (number) VALUES (@item)", item);
                }

                Step.Reached(item, "recorded and applied, not committed"); // a crash here means: nothing happened, and it comes again
                await transaction.CommitAsync();
            }

            Step.Reached(item, "committed, not accepted"); // a crash here means: it comes again, and the inbox knows it
            queue.Accept(message);
        }
    }
}
