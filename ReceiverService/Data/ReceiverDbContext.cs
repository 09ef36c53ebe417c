using Microsoft.EntityFrameworkCore;
using ReceiverService.DeadLetters;
using ReceiverService.EntityItems;
using ReceiverService.Inbox;

namespace ReceiverService.Data;

internal sealed class ReceiverDbContext(DbContextOptions<ReceiverDbContext> options) : DbContext(options)
{
    public DbSet<EntityItem> EntityItems => Set<EntityItem>();

    public DbSet<InboxMessage> InboxMessages => Set<InboxMessage>();

    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ReceiverDbContext).Assembly);
}
