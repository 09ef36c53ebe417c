using Messaging.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Benchmarks.Commit;

/// <summary>An entity in the table of the service.</summary>
internal sealed class Item
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public decimal Value { get; init; }

    public long Version { get; init; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static Item New()
    {
        var now = TimeProvider.System.GetUtcNow();
        return new() { Id = Guid.CreateVersion7(now), Name = new string('x', 200), Value = 1.5m, CreatedAt = now, UpdatedAt = now };
    }

    public static void Map(EntityTypeBuilder<Item> item)
    {
        item.ToTable("entity_items").HasKey(i => i.Id);
        item.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        item.Property(i => i.Name).HasColumnName("name");
        item.Property(i => i.Value).HasColumnName("value");
        item.Property(i => i.Version).HasColumnName("version").IsConcurrencyToken();
        item.Property(i => i.CreatedAt).HasColumnName("created_at");
        item.Property(i => i.UpdatedAt).HasColumnName("updated_at");
    }
}

/// <summary>The event, which is also the payload.</summary>
internal sealed record ItemCreated(Guid Id, string Name, decimal Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ItemCreated Of(Item item) => new(item.Id, item.Name, item.Value, item.CreatedAt, item.UpdatedAt);
}

/// <summary>The database as the service has it: with the outbox of this solution.</summary>
internal sealed class OutboxDbContext(DbContextOptions<OutboxDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>(Item.Map).ApplyOutbox();
}

/// <summary>The same two tables, as plain entities of EF Core.</summary>
internal sealed class PlainDbContext(DbContextOptions<PlainDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>(Item.Map).Entity<Row>(row =>
    {
        row.ToTable("outbox_messages").HasKey(r => r.MessageId);
        row.Property(r => r.MessageId).HasColumnName("message_id").ValueGeneratedNever();
        row.Property(r => r.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        row.Property(r => r.Type).HasColumnName("type");
        row.Property(r => r.AggregateId).HasColumnName("aggregate_id");
        row.Property(r => r.AggregateVersion).HasColumnName("aggregate_version");
        row.Property(r => r.Partition).HasColumnName("partition");
        row.Property(r => r.Payload).HasColumnName("payload").HasColumnType("json");
        row.Property(r => r.Headers).HasColumnName("headers").HasColumnType("json");
        row.Property(r => r.OccurredAt).HasColumnName("occurred_at");
        row.Property(r => r.Status).HasColumnName("status");
        row.Property(r => r.Attempts).HasColumnName("attempts");
    });
}

/// <summary>An outbox message, with the columns that an insert needs.</summary>
internal sealed class Row
{
    public required Guid MessageId { get; init; }

    public long Id { get; init; }

    public string Type { get; init; } = nameof(ItemCreated);

    public required Guid AggregateId { get; init; }

    public required long AggregateVersion { get; init; }

    public short Partition { get; init; }

    public required string Payload { get; init; }

    public required string Headers { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public string Status { get; init; } = "Pending";

    public int Attempts { get; init; }
}
