using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ReceiverService.DeadLetters;

namespace ReceiverService.Data;

internal sealed class DeadLetterConfiguration : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> letter)
    {
        letter.ToTable("dead_letters");
        letter.HasKey(l => l.Id).HasName("pk_dead_letters");
        letter.Property(l => l.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        letter.Property(l => l.MessageId).HasColumnName("message_id");
        letter.Property(l => l.Type).HasColumnName("type");
        letter.Property(l => l.Body).HasColumnName("body");
        // Not jsonb, which refuses the escaped NUL that any client may send.
        letter.Property(l => l.Properties).HasColumnName("properties").HasColumnType("json");
        letter.Property(l => l.Reason).HasColumnName("reason");
        letter.Property(l => l.ReceivedAt).HasColumnName("received_at").HasDefaultValueSql("now()");
        letter.Property(l => l.Replays).HasColumnName("replays").HasDefaultValue(0);
    }
}
