using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SenderService.Outbox;

namespace SenderService.Data;

internal sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> message)
    {
        message.ToTable("outbox_messages", table => table.HasCheckConstraint("ck_outbox_messages_status", OutboxSql.StatusCheck));

        // Every row is updated once: with room on its own page that costs a few bytes of write-ahead log, and not the whole row once more.
        message.HasStorageParameter("fillfactor", 50);

        // And it is deleted once: vacuum early and do not pause, or the relay wades through dead rows.
        message.HasStorageParameter("autovacuum_vacuum_scale_factor", 0.0);
        message.HasStorageParameter("autovacuum_vacuum_threshold", 1000);
        message.HasStorageParameter("autovacuum_vacuum_cost_delay", 0);

        // Not the id, which only orders: every update has to find its place in every index on all rows.
        message.HasKey(m => m.MessageId).HasName("pk_outbox_messages");
        message.Property(m => m.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        message.Property(m => m.MessageId).HasColumnName("message_id");
        message.Property(m => m.Type).HasColumnName("type").HasMaxLength(200);
        message.Property(m => m.AggregateId).HasColumnName("aggregate_id");
        message.Property(m => m.AggregateVersion).HasColumnName("aggregate_version");
        message.Property(m => m.Partition).HasColumnName("partition");

        // Not jsonb: they are handed on as they were written. Taking them apart and putting them together again is a sixth of what the relay costs
        // the database (docs/adr/0006).
        message.Property(m => m.Payload).HasColumnName("payload").HasColumnType("json");
        message.Property(m => m.Headers).HasColumnName("headers").HasColumnType("json");
        message.Property(m => m.OccurredAt).HasColumnName("occurred_at");
        message.Property(m => m.Status).HasColumnName("status").HasConversion<string>().HasMaxLength(10);
        message.Property(m => m.Attempts).HasColumnName("attempts");
        message.Property(m => m.NextAttemptAt).HasColumnName("next_attempt_at");
        message.Property(m => m.LastError).HasColumnName("last_error");
        message.Property(m => m.SentAt).HasColumnName("sent_at");

        // What the relay reads, and only that: it stays as small as the backlog, however many sent rows are kept.
        message.HasIndex(m => m.Id)
            .HasFilter(OutboxSql.IsPending)
            .IncludeProperties(m => m.Partition)
            .HasDatabaseName("ix_outbox_messages_pending");

        // The rows that make the later ones of their aggregate wait; usually none.
        message.HasIndex(m => new { m.AggregateId, m.Id }).HasFilter(OutboxSql.IsBlocking).HasDatabaseName("ix_outbox_messages_blocking");

        // For the removal of what was sent long ago.
        message.HasIndex(m => m.SentAt).HasFilter(OutboxSql.IsSent).HasDatabaseName("ix_outbox_messages_sent");
    }
}
