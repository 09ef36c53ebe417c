using Microsoft.EntityFrameworkCore;
using Npgsql;
using Peers.Classic;

namespace Peers;

/// <summary>The tables of both ends, with the columns that the services have.</summary>
public sealed class PeerDbContext(DbContextOptions<PeerDbContext> options) : DbContext(options)
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS entity_items (
            id uuid CONSTRAINT pk_entity_items PRIMARY KEY,
            name text NOT NULL,
            value numeric NOT NULL,
            version bigint NOT NULL,
            is_deleted boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL);
        CREATE TABLE IF NOT EXISTS outbox_rows (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            message_id uuid NOT NULL,
            payload text NOT NULL,
            processed_at timestamptz);
        CREATE INDEX IF NOT EXISTS ix_outbox_rows_pending ON outbox_rows (id) WHERE processed_at IS NULL;
        CREATE TABLE IF NOT EXISTS inbox_rows (message_id uuid PRIMARY KEY, processed_at timestamptz NOT NULL);
        """;

    public DbSet<EntityItem> EntityItems => Set<EntityItem>();

    public DbSet<OutboxRow> OutboxRows => Set<OutboxRow>();

    public DbSet<InboxRow> InboxRows => Set<InboxRow>();

    /// <summary>Creates the tables. Returns the connection string.</summary>
    public static string CreateTables(WebApplicationBuilder builder, string name)
    {
        var connectionString = $"Max Auto Prepare=20;{builder.Configuration.GetConnectionString(name)}";
        using var database = NpgsqlDataSource.Create(connectionString);
        using var create = database.CreateCommand(Schema);
        create.ExecuteNonQuery();
        return connectionString;
    }

    /// <summary>Applies an event in the open transaction. An event that is older than the state is not applied.</summary>
    public Task ApplyAsync(EntityItemChanged change, CancellationToken cancellationToken) => Database.ExecuteSqlAsync(
        $"""
        INSERT INTO entity_items AS known (id, name, value, version, created_at, updated_at)
        VALUES ({change.Id}, {change.Name}, {change.Value}, {change.Version}, {change.CreatedAt}, {change.UpdatedAt})
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, value = excluded.value, version = excluded.version, updated_at = excluded.updated_at
        WHERE known.version < excluded.version
        """,
        cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EntityItem>(item =>
        {
            item.ToTable("entity_items").HasKey(i => i.Id);
            item.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
            item.Property(i => i.Name).HasColumnName("name");
            item.Property(i => i.Value).HasColumnName("value");
            item.Property(i => i.Version).HasColumnName("version").IsConcurrencyToken();
            item.Property(i => i.CreatedAt).HasColumnName("created_at");
            item.Property(i => i.UpdatedAt).HasColumnName("updated_at");
        });
        modelBuilder.Entity<OutboxRow>(row =>
        {
            row.ToTable("outbox_rows").HasKey(r => r.Id);
            row.Property(r => r.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            row.Property(r => r.MessageId).HasColumnName("message_id");
            row.Property(r => r.Payload).HasColumnName("payload");
            row.Property(r => r.ProcessedAt).HasColumnName("processed_at");
        });
        modelBuilder.Entity<InboxRow>(row =>
        {
            row.ToTable("inbox_rows").HasKey(r => r.MessageId);
            row.Property(r => r.MessageId).HasColumnName("message_id").ValueGeneratedNever();
            row.Property(r => r.ProcessedAt).HasColumnName("processed_at");
        });
    }
}
