using Messaging.Outbox.Relay;
using Messaging.Outbox.Sharing;
using Messaging.Outbox.Writing;
using Npgsql;

namespace Messaging.Tests.Outbox;

/// <summary>An outbox table that a test fills, in a database of its own.</summary>
internal sealed class OutboxTable : IAsyncDisposable
{
    /// <summary>All partitions.</summary>
    public static readonly int[] All = [.. Enumerable.Range(0, OutboxPartition.Count)];

    private OutboxTable(string database) => (Database, Sessions) = (database, Connect(database));

    public string Database { get; }

    /// <summary>Opens the sessions of relays.</summary>
    public OutboxDatabase Sessions { get; }

    public static async Task<OutboxTable> CreateAsync(Infrastructure infrastructure)
    {
        var table = new OutboxTable(await infrastructure.CreateDatabaseAsync());
        await using var db = OrderDbContext.Open(table.Database);
        await db.Database.EnsureCreatedAsync();
        return table;
    }

    /// <summary>Opens sessions as a service does, on a database whose tables are there.</summary>
    public static OutboxDatabase Connect(string database)
    {
        var source = new NpgsqlDataSourceBuilder(database);
        OutboxDatabase.Configure(source.ConnectionStringBuilder, "a test");
        return new(source.Build(), Task.CompletedTask);
    }

    /// <summary>Adds messages of one aggregate in one SaveChanges.</summary>
    public async Task AddAsync(Guid aggregateId, params long[] versions)
    {
        await using var db = OrderDbContext.Open(Database);
        var outbox = new OutboxWriter(new OutboxContext(db), TimeProvider.System);
        foreach (var version in versions)
        {
            outbox.Add(aggregateId, version, new OrderPlaced(aggregateId));
        }

        await db.SaveChangesAsync();
    }

    /// <inheritdoc cref="OutboxRows.AddManyAsync"/>
    public Task AddManyAsync(int count, int aggregates, string status = "Pending") =>
        OutboxRows.AddManyAsync(Database, count, aggregates, status);

    public async ValueTask DisposeAsync() => await Sessions.DisposeAsync();
}
