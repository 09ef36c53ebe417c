using Messaging.Inbox;
using Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using OrderService.Orders;

namespace OrderService.Data;

internal sealed class OrderDbContext(DbContextOptions<OrderDbContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyInbox().ApplyOutbox().Entity<Order>(order =>
        {
            order.ToTable("orders", table => table.HasCheckConstraint("ck_orders_quantity", "quantity > 0"));
            order.HasKey(o => o.Id).HasName("pk_orders");
            order.Property(o => o.Id).HasColumnName("id").ValueGeneratedNever();
            order.Property(o => o.Quantity).HasColumnName("quantity");
            order.Property(o => o.Version).HasColumnName("version").IsConcurrencyToken();
        });
    }
}
