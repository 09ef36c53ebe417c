using Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using SenderService.EntityItems;
using SenderService.Idempotency;

namespace SenderService.Data;

internal sealed class SenderDbContext(DbContextOptions<SenderDbContext> options) : DbContext(options)
{
    public DbSet<EntityItem> EntityItems => Set<EntityItem>();

    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SenderDbContext).Assembly).ApplyOutbox();
}
