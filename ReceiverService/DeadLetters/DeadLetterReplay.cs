using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ReceiverService.Data;
using ReceiverService.Inbox;

namespace ReceiverService.DeadLetters;

/// <summary>Processes a dead letter again, the way any delivery is processed.</summary>
internal sealed class DeadLetterReplay(ReceiverDbContext db, IOptions<InboxOptions> options, InboxMetrics metrics)
{
    private readonly string _consumer = options.Value.Consumer;

    /// <summary>In one transaction takes the dead letter, records its message and applies it; or keeps it, with the new reason.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away; nothing has changed.</exception>
    public async Task<ReplayResult> RunAsync(long id, CancellationToken cancellationToken)
    {
        var failure = "";
        await db.Database.OpenConnectionAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await DeadLetterSql.TakeAsync(id, connection, cancellationToken) is not { } letter)
            {
                return new(ReplayOutcome.NotFound);
            }

            var message = IncomingMessage.Read(DeadLetterContent.ToMessage(letter));
            if (message.Failure is null)
            {
                var fresh = await ProcessAsync(message, connection, cancellationToken);

                // A crash before this means: nothing happened. After it: the letter is gone and its message had its effect, once.
                await transaction.CommitAsync(cancellationToken);
                metrics.Record(1, fresh);
                return new(fresh.Count > 0 ? ReplayOutcome.Processed : ReplayOutcome.Duplicate);
            }

            failure = message.Failure;
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            failure = exception.Message;
        }

        // The transaction was taken back, and the letter with it: all that is left to do is to note why.
        await DeadLetterSql.KeepAsync(id, failure, connection, cancellationToken);
        return new(ReplayOutcome.Failed, failure);
    }

    private async Task<IReadOnlyList<IncomingMessage>> ProcessAsync(
        IncomingMessage message, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Its record says that it was taken, but not that it had its effect. If it does, then the inbox drops the message as ever.
        await InboxSql.ForgetDeadLetterAsync(message.MessageId!.Value, _consumer, connection, cancellationToken);
        return await InboxTransaction.RecordAndApplyAsync([message], _consumer, connection, cancellationToken);
    }
}
