using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ReceiverService.Inbox;

namespace ReceiverService.Data;

internal sealed class InboxMessageConfiguration : IEntityTypeConfiguration<InboxMessage>
{
    public void Configure(EntityTypeBuilder<InboxMessage> message)
    {
        message.ToTable("inbox_messages");

        // The whole pattern hangs on this key: it is what makes the second delivery of a message do nothing.
        message.HasKey(m => new { m.MessageId, m.Consumer }).HasName("pk_inbox_messages");
        message.Property(m => m.MessageId).HasColumnName("message_id");
        message.Property(m => m.Consumer).HasColumnName("consumer").HasMaxLength(InboxMessage.MaxConsumerLength);
        message.Property(m => m.Type).HasColumnName("type");
        message.Property(m => m.OccurredAt).HasColumnName("occurred_at");
        message.Property(m => m.ProcessedAt).HasColumnName("processed_at").HasDefaultValueSql("now()");
        message.Property(m => m.IsDeadLetter).HasColumnName("is_dead_letter").HasDefaultValue(false);

        // For the removal of messages that are too old to be delivered again, and for what an operator wants to see: the newest.
        message.HasIndex(m => m.ProcessedAt).HasDatabaseName("ix_inbox_messages_processed_at");
    }
}
