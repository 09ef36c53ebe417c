namespace Messaging.Inbox.Consuming;

/// <summary>The unit of work of the service, seen as the database that has the inbox.</summary>
internal sealed class InboxContext(DbContext db)
{
    public DbContext Db { get; } = db;

    public DbSet<InboxMessage> Messages => Db.Set<InboxMessage>();

    public DbSet<DeadLetter> DeadLetters => Db.Set<DeadLetter>();

    public NpgsqlConnection Connection => (NpgsqlConnection)Db.Database.GetDbConnection();

    /// <summary>Reads a dead letter in the transaction that is open. Whoever else wants it waits until that ends.</summary>
    public Task<DeadLetter?> LockDeadLetterAsync(long id, CancellationToken cancellationToken) =>
        DeadLetters.FromSql($"SELECT * FROM dead_letters WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
}
