using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SenderService.EntityItems;

internal sealed class EntityItemConfiguration : IEntityTypeConfiguration<EntityItem>
{
    public void Configure(EntityTypeBuilder<EntityItem> item)
    {
        item.ToTable("entity_items");
        item.HasKey(i => i.Id).HasName("pk_entity_items");
        item.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        item.Property(i => i.Name).HasColumnName("name").HasMaxLength(EntityItem.MaxNameLength);
        item.Property(i => i.Value).HasColumnName("value");
        item.Property(i => i.Version).HasColumnName("version").IsConcurrencyToken();
        item.Property(i => i.CreatedAt).HasColumnName("created_at");
        item.Property(i => i.UpdatedAt).HasColumnName("updated_at");
    }
}
