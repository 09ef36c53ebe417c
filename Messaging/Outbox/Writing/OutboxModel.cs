using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Messaging.Outbox;

/// <summary>The table of the outbox in the database of the service.</summary>
public static class OutboxModel
{
    /// <summary>A row is in one of three states, and says what that state needs.</summary>
    private const string StatusCheck = """
        (status = 'Pending' AND sent_at IS NULL)
        OR (status = 'Sent' AND sent_at IS NOT NULL)
        OR (status = 'Failed' AND sent_at IS NULL AND last_error IS NOT NULL)
        """;

    /// <summary>Adds the table <c>outbox_messages</c> to the model. Call it in <c>OnModelCreating</c>, and add a migration.</summary>
    public static ModelBuilder ApplyOutbox(this ModelBuilder model) => model.Entity<OutboxMessage>(message =>
    {
        message.ToTable("outbox_messages", table => table.HasCheckConstraint("ck_outbox_messages_status", StatusCheck));

        // The message id, not the number that orders: every update has to find its place in every index over all rows.
        message.HasKey(m => m.MessageId).HasName("pk_outbox_messages");
        message.Property(m => m.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        message.Property(m => m.MessageId).HasColumnName("message_id");
        message.Property(m => m.Type).HasColumnName("type").HasMaxLength(200);
        message.Property(m => m.AggregateId).HasColumnName("aggregate_id");
        message.Property(m => m.AggregateVersion).HasColumnName("aggregate_version");
        message.Property(m => m.Partition).HasColumnName("partition");

        // Not jsonb: both are passed on as they were written. To parse and print them would be a sixth of the relay's cost to the database.
        message.Property(m => m.Payload).HasColumnName("payload").HasColumnType("json");
        message.Property(m => m.Headers).HasColumnName("headers").HasColumnType("json");
        message.Property(m => m.OccurredAt).HasColumnName("occurred_at");
        message.Property(m => m.Status).HasColumnName("status").HasConversion<string>().HasMaxLength(10);
        message.Property(m => m.Attempts).HasColumnName("attempts");
        message.Property(m => m.NextAttemptAt).HasColumnName("next_attempt_at");
        message.Property(m => m.LastError).HasColumnName("last_error");
        message.Property(m => m.SentAt).HasColumnName("sent_at");
        AddStorage(message);
        AddIndexes(message);
    });

    private static void AddStorage(EntityTypeBuilder<OutboxMessage> message)
    {
        // Each row is updated once. With free space on its own page that costs a few bytes of write-ahead log, not the whole row again.
        message.HasStorageParameter("fillfactor", 50);

        // Each row is deleted once. Vacuum early and without pauses, or the relay reads past dead rows.
        message.HasStorageParameter("autovacuum_vacuum_scale_factor", 0.0);
        message.HasStorageParameter("autovacuum_vacuum_threshold", 1000);
        message.HasStorageParameter("autovacuum_vacuum_cost_delay", 0);
    }

    private static void AddIndexes(EntityTypeBuilder<OutboxMessage> message)
    {
        // What the relay reads. It stays as small as the backlog, however many sent rows are kept.
        message.HasIndex(m => m.Id)
            .HasFilter(OutboxSql.IsPending)
            .IncludeProperties(m => m.Partition)
            .HasDatabaseName("ix_outbox_messages_pending");

        // The rows that make the later ones of their aggregate wait. Usually there are none.
        message.HasIndex(m => new { m.AggregateId, m.Id }).HasFilter(OutboxSql.IsBlocking).HasDatabaseName("ix_outbox_messages_blocking");

        // For the removal of old sent rows.
        message.HasIndex(m => m.SentAt).HasFilter(OutboxSql.IsSent).HasDatabaseName("ix_outbox_messages_sent");
    }
}
