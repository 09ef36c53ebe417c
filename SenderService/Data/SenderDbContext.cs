using Microsoft.EntityFrameworkCore;
using SenderService.EntityItems;
using SenderService.Idempotency;
using SenderService.Outbox;

namespace SenderService.Data;

internal sealed class SenderDbContext(DbContextOptions<SenderDbContext> options) : DbContext(options)
{
    public DbSet<EntityItem> EntityItems => Set<EntityItem>();

    public DbSet<OutboxMessage> OutboxMessages => Set<OutboxMessage>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    /// <summary>Saves, unless an entity was changed by somebody else since it was read.</summary>
    /// <returns>False if so; nothing is saved then.</returns>
    public async Task<bool> TrySaveChangesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SenderDbContext).Assembly);
}
