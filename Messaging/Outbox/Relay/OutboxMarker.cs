namespace Messaging.Outbox.Relay;

/// <summary>
/// Marks in the outbox what the broker has answered. A crash before the mark means: the message is published again with the same id, and
/// the inbox drops the duplicate.
/// </summary>
/// <param name="session">The relay's session.</param>
/// <param name="unmarked">
/// What the broker has accepted and the database has not marked. It outlives the session: the next one marks it before anything is
/// published. So a database that takes no marks gets no message published twice.
/// </param>
/// <param name="poison">Learns of progress and of link ends.</param>
/// <param name="options">How often, and after which delays, a refused message is tried again.</param>
/// <param name="metrics">Counts what is marked.</param>
/// <param name="time">The clock of the metrics.</param>
/// <param name="logger">The log of the relay.</param>
internal sealed partial class OutboxMarker(
    OutboxSession session,
    List<PendingMessage> unmarked,
    PoisonDetector poison,
    OutboxOptions options,
    RelayMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// Marks the version of a row that was published. A row that somebody has changed since is another matter, and so is one that has the
    /// same id because the sequence was reset.
    /// <para>It is no join: with statistics from a time when nothing was pending, the planner would compare the whole backlog with each
    /// accepted message. <c>width_bucket</c> is the index of an id in <c>@ids</c>, which are in ascending order: a binary search.</para>
    /// </summary>
    public const string MarkSent = $"""
        UPDATE outbox_messages SET status = 'Sent', sent_at = now(), next_attempt_at = NULL
        WHERE id = ANY(@ids) AND xmin::text::bigint = (@versions)[width_bucket(id, @ids)] AND {OutboxSql.IsPending}
        """;

    /// <summary>
    /// Marks what came from the log, whose version is not known for certain. In the session that has published it, nobody else can have
    /// changed the row: only a message that is sent, failed or refused can be decided upon. The rows are found as above.
    /// </summary>
    public const string MarkLogged = $"""
        UPDATE outbox_messages SET status = 'Sent', sent_at = now()
        WHERE id = ANY(@ids) AND message_id = (@messages)[width_bucket(id, @ids)] AND {OutboxSql.IsPending} AND next_attempt_at IS NULL
        """;

    private const string Invisible = """
        SELECT ARRAY(
            SELECT message FROM unnest(@messages) AS message
            WHERE NOT EXISTS (SELECT FROM outbox_messages WHERE message_id = message))
        """;

    /// <summary>The delay doubles with each refusal. The last refusal fails the message.</summary>
    private const string MarkRefused = $"""
        UPDATE outbox_messages SET
            attempts = attempts + 1,
            last_error = @error,
            status = CASE WHEN attempts + 1 >= @attempts THEN 'Failed' ELSE status END,
            next_attempt_at = CASE WHEN attempts + 1 < @attempts THEN now() + least(@first * power(2, least(attempts, 30)), @longest) END
        WHERE message_id = @id AND {OutboxSql.IsPending}
        RETURNING {OutboxSql.IsFailed}
        """;

    /// <summary>Number of messages that were accepted in an earlier session. Since then, others may have changed their rows.</summary>
    private int _late = unmarked.Count;

    /// <summary>Remembers what was accepted, for the next mark.</summary>
    public void Remember(IEnumerable<OutboxDelivery> answered) =>
        unmarked.AddRange(answered.Where(delivery => delivery.IsAccepted).Select(delivery => delivery.Message));

    /// <summary>Marks what was accepted, now or in an earlier session.</summary>
    /// <returns>The messages that are marked now.</returns>
    public async Task<IReadOnlyList<PendingMessage>> MarkAcceptedAsync(IReadOnlyList<OutboxDelivery> answered)
    {
        Remember(answered);
        if (unmarked.Count == 0)
        {
            return [];
        }

        PendingMessage[] read = [.. unmarked.Where((message, index) => !IsLogged(message, index)).OrderBy(message => message.Id)];
        PendingMessage[] logged = [.. unmarked.Where(IsLogged).OrderBy(message => message.Id)];
        await MarkReadAsync(read);
        var invisible = await MarkLoggedAsync(logged);
        PendingMessage[] marked = [.. read, .. logged.Where(message => !invisible.Contains(message.MessageId))];
        _late = 0;
        unmarked.RemoveAll(message => !invisible.Contains(message.MessageId));
        if (marked.Length > 0)
        {
            poison.RecordProgress(marked.Length);
            metrics.RecordPublished(marked, time.GetUtcNow());
        }

        return marked;
    }

    /// <summary>Marks a message that the broker refuses. It is tried again later, or it is failed.</summary>
    /// <returns>False if it came from the log, and nobody sees it yet in the table.</returns>
    public async Task<bool> MarkRefusedAsync(PendingMessage message, string reason)
    {
        await using var command = session.Command(
            MarkRefused,
            ("id", message.MessageId),
            ("error", PostgresText.Storable(reason)),
            ("first", options.FirstRetryDelay),
            ("longest", options.MaxRetryDelay),
            ("attempts", options.MaxAttempts));
        var isFailed = await command.ExecuteScalarAsync(CancellationToken.None) as bool?;
        poison.RecordProgress(1);
        metrics.RecordRefused();
        if (isFailed is true)
        {
            LogFailed(logger, message.MessageId, message.AggregateId, reason);
        }
        else
        {
            LogRefused(logger, message.MessageId, message.AggregateId, reason);
        }

        return isFailed is not null || message.Transaction is null;
    }

    /// <summary>Marks the message over which the link has ended, if it is proven.</summary>
    public async Task MarkPoisonAsync(IEnumerable<OutboxDelivery> answered)
    {
        if (poison.RecordLinkEnd([.. answered.Where(delivery => delivery.Refusal is not null)]) is { } culprit)
        {
            await MarkRefusedAsync(culprit.Message, $"The broker ended the link over this message: {culprit.Refusal}");
        }
    }

    private bool IsLogged(PendingMessage message, int index) => index >= _late && message.Transaction is not null;

    // Marks are not cancelled when the service stops: an accepted message without its mark is published twice.
    private Task MarkReadAsync(PendingMessage[] read) => read.Length == 0 ? Task.CompletedTask : session.ExecuteAsync(
        MarkSent,
        CancellationToken.None,
        ("ids", Array.ConvertAll(read, message => message.Id)),
        ("versions", Array.ConvertAll(read, message => message.RowVersion)));

    /// <returns>
    /// Messages that nobody sees yet, because their commit waits, for example for a standby. They are in the log already. They are marked
    /// later.
    /// </returns>
    private async Task<HashSet<Guid>> MarkLoggedAsync(PendingMessage[] logged)
    {
        (string, object) ids = ("ids", Array.ConvertAll(logged, message => message.Id));
        (string, object) messages = ("messages", Array.ConvertAll(logged, message => message.MessageId));
        if (logged.Length == 0 || await session.ExecuteAsync(MarkLogged, CancellationToken.None, ids, messages) == logged.Length)
        {
            return [];
        }

        await using var command = session.Command(Invisible, messages);
        return [.. (Guid[])(await command.ExecuteScalarAsync(CancellationToken.None))!];
    }

    [LoggerMessage(2, LogLevel.Warning, "The broker refused message {MessageId}, aggregate {AggregateId} waits: {Reason}")]
    private static partial void LogRefused(ILogger logger, Guid messageId, Guid aggregateId, string reason);

    [LoggerMessage(3, LogLevel.Error, "Message {MessageId} is failed, aggregate {AggregateId} waits for an operator: {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid messageId, Guid aggregateId, string reason);
}
