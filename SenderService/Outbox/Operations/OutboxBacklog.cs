using Microsoft.EntityFrameworkCore;
using SenderService.Data;

namespace SenderService.Outbox.Operations;

/// <summary>What is not published yet.</summary>
/// <param name="Pending">How many messages wait for it.</param>
/// <param name="Failed">How many were given up, until an operator decides.</param>
/// <param name="OldestAge">For how long the oldest pending one has waited; null if there is none.</param>
internal sealed record OutboxBacklog(long Pending, long Failed, TimeSpan? OldestAge)
{
    public static async Task<OutboxBacklog> MeasureAsync(SenderDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var pending = db.OutboxMessages.Where(message => message.Status == OutboxMessageStatus.Pending);
        var count = await pending.LongCountAsync(cancellationToken);
        var failed = await db.OutboxMessages.LongCountAsync(message => message.Status == OutboxMessageStatus.Failed, cancellationToken);
        var oldest = await pending
            .OrderBy(message => message.Id)
            .Select(message => (DateTimeOffset?)message.OccurredAt)
            .FirstOrDefaultAsync(cancellationToken);
        return new(count, failed, time.GetUtcNow() - oldest);
    }
}
