using Messaging.Inbox;
using Microsoft.EntityFrameworkCore;
using ReceiverService.EntityItems;

namespace ReceiverService.Data;

internal sealed class ReceiverDbContext(DbContextOptions<ReceiverDbContext> options) : DbContext(options)
{
    public DbSet<EntityItem> EntityItems => Set<EntityItem>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ReceiverDbContext).Assembly).ApplyInbox();
}
