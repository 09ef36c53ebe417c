using Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace Messaging.Tests.Outbox;

/// <summary>The database of a service that exists only in these tests: one entity, and the outbox.</summary>
internal sealed class OrderDbContext(DbContextOptions<OrderDbContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public static OrderDbContext Open(string database) => new(new DbContextOptionsBuilder<OrderDbContext>().UseNpgsql(database).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyOutbox();
}

/// <summary>The entity.</summary>
internal sealed class Order
{
    public required Guid Id { get; init; }

    public long Version { get; set; } = 1;
}

/// <summary>The event.</summary>
internal sealed record OrderPlaced(Guid Id);
