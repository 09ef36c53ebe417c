namespace Messaging.Inbox.Consuming;

/// <summary>The unit of work of the service, seen as the database that has the inbox.</summary>
/// <param name="db">The unit of work.</param>
/// <param name="connectDirectly">Connects it to the server itself, past a pooler.</param>
internal sealed class InboxContext(DbContext db, Func<DbContext, IDisposable> connectDirectly)
{
    public DbContext Db { get; } = db;

    public DbSet<InboxMessage> Messages => Db.Set<InboxMessage>();

    public DbSet<DeadLetter> DeadLetters => Db.Set<DeadLetter>();

    public NpgsqlConnection Connection => (NpgsqlConnection)Db.Database.GetDbConnection();

    /// <summary>Connects to the server itself, past a pooler, until the result is disposed.</summary>
    public IDisposable ConnectDirectly() => connectDirectly(Db);

    /// <summary>Reads a dead letter in the transaction that is open. Whoever else wants it waits until that ends.</summary>
    public Task<DeadLetter?> LockDeadLetterAsync(long id, CancellationToken cancellationToken) =>
        DeadLetters.FromSql($"SELECT * FROM dead_letters WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
}
