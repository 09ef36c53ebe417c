namespace Messaging.Outbox.Writing;

/// <summary>The unit of work of the service, seen as the database that has the outbox.</summary>
internal sealed class OutboxContext(DbContext db)
{
    public DbContext Db { get; } = db;

    public DbSet<OutboxMessage> Messages => Db.Set<OutboxMessage>();
}
