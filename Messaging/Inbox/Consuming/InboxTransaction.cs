using NpgsqlTypes;

namespace Messaging.Inbox.Consuming;

/// <summary>
/// The idempotent consumer. One transaction records which messages are new, and applies those. So a message that is delivered again, today
/// or after a crash, has no second effect.
/// </summary>
internal sealed class InboxTransaction(InboxContext context, IInboxHandler handler, IOptions<InboxOptions> options)
{
    /// <summary>
    /// Not an insert that may fail, because a unique violation would abort the transaction. A concurrent duplicate waits here until the
    /// first transaction ends. Ordered by id, so that two replicas cannot deadlock.
    /// </summary>
    private const string Record = """
        INSERT INTO inbox_messages (message_id, consumer, type, occurred_at, is_dead_letter)
        SELECT id, @consumer, type, occurred_at, is_dead_letter
        FROM unnest(@ids, @types, @occurred, @dead) AS message (id, type, occurred_at, is_dead_letter)
        ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING message_id
        """;

    private readonly string _consumer = options.Value.Consumer!;

    /// <summary>Processes messages in a transaction of their own.</summary>
    /// <param name="messages">In the order in which they came.</param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <returns>The messages that are new.</returns>
    public async Task<IReadOnlyList<IncomingMessage>> RunAsync(IReadOnlyList<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        using var direct = context.ConnectDirectly();
        await using var transaction = await context.Db.Database.BeginTransactionAsync(cancellationToken);
        var fresh = await RecordAndApplyAsync(messages, cancellationToken);

        // A crash before the commit means: nothing was recorded and nothing applied. The messages are delivered again.
        await transaction.CommitAsync(cancellationToken);
        return fresh;
    }

    /// <summary>Records which messages are new, and applies those or keeps them as dead letters, in the transaction that is open.</summary>
    /// <returns>The messages that are new.</returns>
    public async Task<IReadOnlyList<IncomingMessage>> RecordAndApplyAsync(
        IReadOnlyList<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        var fresh = await RecordAsync(messages, cancellationToken);
        if (fresh.Select(message => message.Event).OfType<object>().ToArray() is { Length: > 0 } events)
        {
            await handler.ApplyAsync(events, cancellationToken);
        }

        context.DeadLetters.AddRange(fresh.Where(message => message.Failure is not null).Select(DeadLetters.DeadLetter.Of));

        // On failure the whole transaction is rolled back, so a savepoint of EF Core's would only cost round trips.
        context.Db.Database.AutoSavepointsEnabled = false;
        if (await context.Db.SaveChangesAsync(cancellationToken) == 0)
        {
            await ThrowIfAbortedAsync(cancellationToken);
        }

        return fresh;
    }

    /// <summary>
    /// A handler may have hidden an error that has aborted the transaction. PostgreSQL would then answer COMMIT with a rollback, Npgsql
    /// would not notice it, and the messages would be lost. Any statement fails in an aborted transaction. If something was saved, that was
    /// the statement.
    /// </summary>
    private Task ThrowIfAbortedAsync(CancellationToken cancellationToken) =>
        context.Db.Database.CurrentTransaction!.CreateSavepointAsync("applied", cancellationToken);

    /// <summary>Records messages.</summary>
    /// <returns>
    /// The messages that are new, each once, in the given order. Messages without an id count as new: they become dead letters.
    /// </returns>
    private async Task<IReadOnlyList<IncomingMessage>> RecordAsync(
        IReadOnlyList<IncomingMessage> messages, CancellationToken cancellationToken)
    {
        var identified = messages.Where(message => message.MessageId is not null).DistinctBy(message => message.MessageId).ToArray();
        if (identified.Length == 0)
        {
            return messages;
        }

        await using var command = new NpgsqlCommand(Record, context.Connection);
        command.Parameters.AddWithValue("consumer", _consumer);
        Add("ids", NpgsqlDbType.Uuid, message => message.MessageId!.Value);
        Add("types", NpgsqlDbType.Text, message => PostgresText.Storable(message.Type));
        Add("occurred", NpgsqlDbType.TimestampTz, message => message.OccurredAt?.UtcDateTime);
        Add("dead", NpgsqlDbType.Boolean, message => message.Failure is not null);

        var fresh = new HashSet<Guid>(identified.Length);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            fresh.Add(reader.GetGuid(0));
        }

        return [.. messages.Where(message => message.MessageId is not { } id || fresh.Remove(id))];

        void Add<T>(string name, NpgsqlDbType type, Func<IncomingMessage, T> value) =>
            command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type)
            {
                TypedValue = Array.ConvertAll(identified, message => value(message)),
            });
    }
}
