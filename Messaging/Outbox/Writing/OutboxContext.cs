namespace Messaging.Outbox.Writing;

/// <summary>The unit of work of the service, seen as the database that has the outbox.</summary>
internal sealed class OutboxContext(DbContext db)
{
    public DbContext Db { get; } = db;

    public DbSet<OutboxMessage> Messages => Db.Set<OutboxMessage>();

    /// <exception cref="ConfigurationException">The model has no outbox.</exception>
    public void ThrowIfNotInModel()
    {
        if (Db.Model.FindEntityType(typeof(OutboxMessage)) is null)
        {
            throw new ConfigurationException(
                $"{Db.GetType().Name} has no outbox: call modelBuilder.ApplyOutbox() in its OnModelCreating, and add a migration.");
        }
    }
}
