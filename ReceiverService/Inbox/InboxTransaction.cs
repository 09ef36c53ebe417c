using Npgsql;
using ReceiverService.DeadLetters;
using ReceiverService.EntityItems;

namespace ReceiverService.Inbox;

/// <summary>What is done in one transaction, for a batch of deliveries and for the replay of a dead letter alike.</summary>
internal static class InboxTransaction
{
    /// <summary>Records which messages are new, and applies those or keeps them as dead letters. The caller commits.</summary>
    /// <param name="messages">In the order in which they came.</param>
    /// <param name="consumer">In whose name.</param>
    /// <param name="connection">In a transaction: three round trips with its commit, however many messages there are.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    /// <returns>The messages that are new.</returns>
    public static async Task<IReadOnlyList<IncomingMessage>> RecordAndApplyAsync(
        IReadOnlyList<IncomingMessage> messages, string consumer, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A crash before this means: nothing was recorded and nothing applied; the messages are delivered again.
        var fresh = await InboxSql.RecordAsync(messages, consumer, connection, cancellationToken);

        // A crash here, or anywhere before the commit, means the same: the database takes the records back.
        await using var effects = new NpgsqlBatch(connection);
        EntityItemProjection.AddTo(effects, fresh.Select(message => message.Change).OfType<EntityItemChange>());
        foreach (var message in fresh.Where(message => message.Failure is not null))
        {
            DeadLetterSql.AddTo(effects, DeadLetterContent.From(message));
        }

        if (effects.BatchCommands.Count > 0)
        {
            await effects.ExecuteNonQueryAsync(cancellationToken);
        }

        return fresh;
    }
}
