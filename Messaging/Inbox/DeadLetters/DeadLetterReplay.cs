namespace Messaging.Inbox.DeadLetters;

/// <summary>Processes a dead letter again, like any delivery.</summary>
internal sealed class DeadLetterReplay(
    IServiceScopeFactory scopes, IInboxHandler handler, IOptions<InboxOptions> options, InboxMetrics metrics)
{
    /// <summary>
    /// In one transaction, removes the dead letter, records its message and applies it. If that fails, the dead letter stays, with the new
    /// reason.
    /// </summary>
    /// <exception cref="System.Data.Common.DbException">The database is away. Nothing has changed.</exception>
    public async Task<ReplayResult> RunAsync(long id, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            var result = await ProcessAsync(id, cancellationToken);
            if (result.Outcome != ReplayOutcome.Failed)
            {
                return result;
            }

            reason = result.Reason!;
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            reason = Failures.ReasonOf(exception);
        }

        // The transaction was rolled back, so the dead letter is still there. It gets the new reason.
        await using var scope = scopes.CreateAsyncScope();
        var stored = PostgresText.Storable(reason);
        await scope.ServiceProvider.GetRequiredService<InboxContext>().DeadLetters.Where(letter => letter.Id == id).ExecuteUpdateAsync(
            letter => letter.SetProperty(l => l.Reason, stored).SetProperty(l => l.Replays, l => l.Replays + 1), cancellationToken);
        return new(ReplayOutcome.Failed, reason);
    }

    private async Task<ReplayResult> ProcessAsync(long id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<InboxContext>();
        await using var transaction = await context.Db.Database.BeginTransactionAsync(cancellationToken);
        if (await context.LockDeadLetterAsync(id, cancellationToken) is not { } letter)
        {
            return new(ReplayOutcome.NotFound);
        }

        var message = IncomingMessage.Read(letter.Decode(), handler);
        if (message.Failure is not null)
        {
            return new(ReplayOutcome.Failed, message.Failure);
        }

        // The record says that the message became a dead letter. If it had its effect before, there is another record, and the inbox drops
        // it.
        var consumer = options.Value.Consumer;
        await context.Messages.Where(record => record.MessageId == message.MessageId && record.Consumer == consumer && record.IsDeadLetter)
            .ExecuteDeleteAsync(cancellationToken);
        context.DeadLetters.Remove(letter);
        var fresh = await scope.ServiceProvider.GetRequiredService<InboxTransaction>().RecordAndApplyAsync([message], cancellationToken);

        // A crash before the commit means: nothing happened. After it: the dead letter is gone, and its message had its effect once.
        await transaction.CommitAsync(cancellationToken);
        metrics.Record(1, fresh);
        return new(fresh.Count > 0 ? ReplayOutcome.Processed : ReplayOutcome.Duplicate);
    }
}
