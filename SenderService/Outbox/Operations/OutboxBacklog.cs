using Microsoft.EntityFrameworkCore;
using SenderService.Data;

namespace SenderService.Outbox.Operations;

/// <summary>What waits to be published.</summary>
/// <param name="Pending">How many messages.</param>
/// <param name="OldestAge">For how long the oldest of them has waited; null if there is none.</param>
internal sealed record OutboxBacklog(long Pending, TimeSpan? OldestAge)
{
    public static async Task<OutboxBacklog> MeasureAsync(SenderDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var pending = db.OutboxMessages.Where(message => message.Status == OutboxMessageStatus.Pending);
        var count = await pending.LongCountAsync(cancellationToken);
        var oldest = await pending
            .OrderBy(message => message.Id)
            .Select(message => (DateTimeOffset?)message.OccurredAt)
            .FirstOrDefaultAsync(cancellationToken);
        return new(count, time.GetUtcNow() - oldest);
    }
}
