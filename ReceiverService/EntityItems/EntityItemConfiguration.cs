using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ReceiverService.EntityItems;

internal sealed class EntityItemConfiguration : IEntityTypeConfiguration<EntityItem>
{
    public void Configure(EntityTypeBuilder<EntityItem> item)
    {
        item.ToTable("entity_items", table => table.HasCheckConstraint(
            "ck_entity_items_state", "is_deleted OR (name IS NOT NULL AND value IS NOT NULL AND created_at IS NOT NULL)"));

        // Room on the page for the next version of a row. The index stays as it is, and an update costs half (docs/performance.md).
        item.HasStorageParameter("fillfactor", 70);
        item.HasKey(i => i.Id).HasName("pk_entity_items");
        item.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        item.Property(i => i.Name).HasColumnName("name");
        item.Property(i => i.Value).HasColumnName("value");
        item.Property(i => i.Version).HasColumnName("version");
        item.Property(i => i.IsDeleted).HasColumnName("is_deleted");
        item.Property(i => i.CreatedAt).HasColumnName("created_at");
        item.Property(i => i.UpdatedAt).HasColumnName("updated_at");
    }
}
