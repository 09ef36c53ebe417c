using Amqp;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ReceiverService.Data;
using ReceiverService.EntityItems;

namespace ReceiverService.Inbox;

/// <summary>
/// The idempotent consumer: in one transaction it records which messages of a batch are new and applies those, so that a message that is
/// delivered again, today or after a crash, has no second effect.
/// </summary>
internal sealed partial class InboxProcessor(
    IServiceScopeFactory scopes, IOptions<InboxOptions> options, InboxMetrics metrics, TimeProvider time, ILogger<InboxProcessor> logger)
{
    private readonly InboxOptions _options = options.Value;

    /// <summary>Processes a batch; when this returns, all of it is committed and may be accepted.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away; nothing of what is left is committed.</exception>
    public async Task ProcessAsync(IReadOnlyList<Message> deliveries, CancellationToken cancellationToken)
    {
        var messages = deliveries.Select(IncomingMessage.Read).ToArray();
        try
        {
            await ProcessInOneTransactionAsync(messages, cancellationToken);
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            // One message spoils the batch, and which one is not known: each gets a transaction of its own.
            foreach (var message in messages)
            {
                await ProcessAloneAsync(message, cancellationToken);
            }
        }
    }

    private async Task ProcessAloneAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await ProcessInOneTransactionAsync([message], cancellationToken);
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            await ProcessInOneTransactionAsync([message with { Change = null, Failure = exception.Message }], cancellationToken);
        }
    }

    private async Task ProcessInOneTransactionAsync(IncomingMessage[] messages, CancellationToken cancellationToken)
    {
        using var batchSpan = messages.Length > 1 ? InboxTelemetry.StartBatch(messages.Length, _options.Queue) : null;
        var spans = messages.Select(message => InboxTelemetry.StartProcess(message, batchSpan, _options.Queue)).ToArray();
        try
        {
            var fresh = await RecordAndApplyAsync(messages, cancellationToken);
            InboxTelemetry.EndProcess(spans, failure: null);
            Report(messages.Length, fresh);
        }
        catch (Exception exception)
        {
            InboxTelemetry.EndProcess(spans, exception);
            throw;
        }
    }

    /// <returns>The messages that are new.</returns>
    private async Task<IReadOnlyList<IncomingMessage>> RecordAndApplyAsync(IncomingMessage[] messages, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ReceiverDbContext>().Database;
        await using var transaction = await database.BeginTransactionAsync(cancellationToken);
        var connection = (NpgsqlConnection)database.GetDbConnection();

        var fresh = await InboxSql.RecordAsync(messages, _options.Consumer, connection, cancellationToken);

        // A crash here, or anywhere before the commit, means: nothing was recorded and nothing applied; the messages are delivered again.
        await EntityItemProjection.ApplyAsync(fresh.Select(message => message.Change).OfType<EntityItemChange>(), connection, cancellationToken);
        foreach (var message in fresh.Where(message => message.Failure is not null))
        {
            await InboxSql.AddDeadLetterAsync(DeadLetters.From(message), connection, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return fresh;
    }

    private void Report(int delivered, IReadOnlyCollection<IncomingMessage> fresh)
    {
        var now = time.GetUtcNow();
        foreach (var message in fresh)
        {
            if (message.Failure is { } reason)
            {
                metrics.RecordDeadLettered();
                LogDeadLettered(message.MessageId, reason);
            }
            else
            {
                metrics.RecordProcessed(now - message.OccurredAt);
            }
        }

        for (var duplicate = fresh.Count; duplicate < delivered; duplicate++)
        {
            metrics.RecordDuplicate();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Message {MessageId} cannot be processed and is kept as a dead letter: {Reason}")]
    private partial void LogDeadLettered(Guid? messageId, string reason);
}
