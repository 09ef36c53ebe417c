namespace Messaging.Inbox;

/// <summary>The tables of the inbox in the database of the service.</summary>
public static class InboxModel
{
    /// <summary>
    /// Adds the tables <c>inbox_messages</c> and <c>dead_letters</c> to the model. Call it in <c>OnModelCreating</c>, and add a migration.
    /// </summary>
    public static ModelBuilder ApplyInbox(this ModelBuilder model) => model
        .Entity<InboxMessage>(message =>
        {
            message.ToTable("inbox_messages");

            // The whole pattern depends on this key. Because of it, the second delivery of a message does nothing.
            message.HasKey(m => new { m.MessageId, m.Consumer }).HasName("pk_inbox_messages");
            message.Property(m => m.MessageId).HasColumnName("message_id");
            message.Property(m => m.Consumer).HasColumnName("consumer").HasMaxLength(InboxMessage.MaxConsumerLength);
            message.Property(m => m.Type).HasColumnName("type");
            message.Property(m => m.OccurredAt).HasColumnName("occurred_at");
            message.Property(m => m.ProcessedAt).HasColumnName("processed_at").HasDefaultValueSql("now()");
            message.Property(m => m.IsDeadLetter).HasColumnName("is_dead_letter").HasDefaultValue(false);

            // For the removal of old records, and for the newest ones, which operators look at.
            message.HasIndex(m => m.ProcessedAt).HasDatabaseName("ix_inbox_messages_processed_at");
        })
        .Entity<DeadLetter>(letter =>
        {
            letter.ToTable("dead_letters");
            letter.HasKey(l => l.Id).HasName("pk_dead_letters");
            letter.Property(l => l.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            letter.Property(l => l.MessageId).HasColumnName("message_id");
            letter.Property(l => l.Type).HasColumnName("type");
            letter.Property(l => l.Reason).HasColumnName("reason");
            letter.Property(l => l.ReceivedAt).HasColumnName("received_at").HasDefaultValueSql("now()");
            letter.Property(l => l.Replays).HasColumnName("replays");
            letter.Property(l => l.Message).HasColumnName("message");
            letter.Property(l => l.Preview).HasColumnName("preview");
        });
}
