using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Messaging.Outbox.WakeUp;

/// <summary>
/// Wakes the relay when outbox messages were committed. Not earlier: the relay would look, see nothing and sleep. A commit without EF Core,
/// on the connection itself, is not noticed here. A crash between commit and wake-up costs nothing but time: relays also poll.
/// </summary>
internal sealed class WakeRelayAfterCommit(OutboxSignal signal, OutboxNotifier notifier) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    /// <summary>
    /// Partitions of messages that were saved and are not committed yet. Kept here, because the change tracker may be cleared before the
    /// commit. A rollback leaves them: the next commit then wakes a relay that finds nothing.
    /// </summary>
    private readonly ConditionalWeakTable<DbContext, StrongBox<int>> _saved = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Remember(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        WakeUnlessInTransaction(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Wake(eventData.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wake(eventData.Context);
        return Task.CompletedTask;
    }

    private void Remember(DbContext? context)
    {
        var added = context?.ChangeTracker.Entries<OutboxMessage>().Where(entry => entry.State == EntityState.Added)
            .Select(entry => (int)entry.Entity.Partition).ToArray();
        if (added is { Length: > 0 })
        {
            _saved.GetOrCreateValue(context!).Value |= OutboxPartition.SetOf(added);
        }
    }

    /// <summary>EF Core saves a single row without a transaction of its own, and inside a TransactionScope it begins none.</summary>
    private void WakeUnlessInTransaction(DbContext? context)
    {
        if (context?.Database.CurrentTransaction is not null)
        {
            return;
        }

        if ((context?.Database.GetEnlistedTransaction() ?? Transaction.Current) is { } scope)
        {
            // The context may be in use again, or gone, when the scope completes.
            var partitions = Take(context);
            scope.TransactionCompleted += (_, end) =>
            {
                if (end.Transaction?.TransactionInformation.Status == TransactionStatus.Committed)
                {
                    Announce(partitions);
                }
            };
            return;
        }

        Wake(context);
    }

    private void Wake(DbContext? context) => Announce(Take(context));

    private void Announce(int partitions) => notifier.Announce(signal.Announce(partitions));

    private int Take(DbContext? context) =>
        context is not null && _saved.TryGetValue(context, out var saved) ? Interlocked.Exchange(ref saved.Value, 0) : 0;
}
