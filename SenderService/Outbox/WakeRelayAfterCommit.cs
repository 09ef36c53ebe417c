using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SenderService.Outbox;

/// <summary>
/// Wakes the relay when a transaction has been committed. Not when changes were saved: inside an explicit transaction that is too early,
/// the relay would look, see nothing and sleep. A crash between commit and signal costs nothing: the relay polls.
/// </summary>
internal sealed class WakeRelayAfterCommit(OutboxSignal signal) : DbTransactionInterceptor
{
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => signal.Set();

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        signal.Set();
        return Task.CompletedTask;
    }
}
