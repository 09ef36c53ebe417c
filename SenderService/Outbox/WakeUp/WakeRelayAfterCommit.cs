using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SenderService.Outbox.WakeUp;

/// <summary>
/// Wakes the relay when a transaction with outbox messages has been committed. Not when changes were saved: inside an explicit transaction
/// that is too early, the relay would look, see nothing and sleep. A crash between commit and signal costs nothing: relays poll.
/// </summary>
internal sealed class WakeRelayAfterCommit(OutboxSignal signal, OutboxAnnouncer announcer) : DbTransactionInterceptor
{
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Wake(eventData.Context);

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wake(eventData.Context);
        return Task.CompletedTask;
    }

    private void Wake(DbContext? context)
    {
        var partitions = PartitionSet.Of(context?.ChangeTracker.Entries<OutboxMessage>().Select(entry => (int)entry.Entity.Partition) ?? []);
        announcer.Announce(signal.Announce(partitions));
    }
}
