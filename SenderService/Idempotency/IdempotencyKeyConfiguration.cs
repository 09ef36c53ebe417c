using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SenderService.Idempotency;

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> key)
    {
        key.ToTable("idempotency_keys");
        key.HasKey(k => k.Key).HasName("pk_idempotency_keys");
        key.Property(k => k.Key).HasColumnName("key").HasMaxLength(IdempotencyKey.MaxLength);
        key.Property(k => k.RequestHash).HasColumnName("request_hash");
        key.Property(k => k.Response).HasColumnName("response").HasColumnType("jsonb");
        key.Property(k => k.CreatedAt).HasColumnName("created_at");

        // For the removal of old keys.
        key.HasIndex(k => k.CreatedAt).HasDatabaseName("ix_idempotency_keys_created_at");
    }
}
