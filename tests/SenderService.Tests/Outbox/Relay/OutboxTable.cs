using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SenderService.Data;
using Messaging.Outbox;
using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>An outbox table that a test fills by itself, in a database of its own.</summary>
internal sealed class OutboxTable : IAsyncDisposable
{
    private OutboxTable(string database) => (Database, Relays) = (database, new OutboxDatabase(database, "a test"));

    public string Database { get; }

    /// <summary>For opening relays' sessions.</summary>
    public OutboxDatabase Relays { get; }

    public static async Task<OutboxTable> CreateAsync(Infrastructure infrastructure)
    {
        var table = new OutboxTable(await infrastructure.CreateDatabaseAsync());
        await using var db = Context(table.Database);
        await db.Database.MigrateAsync();
        return table;
    }

    /// <summary>Adds messages of one aggregate in one unit of work, as the API does.</summary>
    public Task AddAsync(Guid aggregateId, params long[] versions) => AddAsync(Database, aggregateId, versions);

    /// <inheritdoc cref="AddAsync(Guid, long[])"/>
    public static async Task AddAsync(string database, Guid aggregateId, params long[] versions)
    {
        await using var db = Context(database);
        var writer = new OutboxWriter(db, TimeProvider.System);
        foreach (var version in versions)
        {
            writer.Add(aggregateId, version, "an event");
        }

        await db.SaveChangesAsync();
    }

    /// <summary>Adds many messages at one blow, of <paramref name="aggregates"/> aggregates in turn, each with its versions 1, 2, 3 …</summary>
    /// <param name="count">How many.</param>
    /// <param name="aggregates">Of how many aggregates.</param>
    /// <param name="status">Pending or Sent.</param>
    public Task AddManyAsync(int count, int aggregates, string status = "Pending") => AddManyAsync(Database, count, aggregates, status);

    /// <inheritdoc cref="AddManyAsync(int, int, string)"/>
    public static Task AddManyAsync(string database, int count, int aggregates, string status = "Pending") => Sql.ExecuteAsync(
        database,
        string.Create(CultureInfo.InvariantCulture, $$"""
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts, sent_at)
            SELECT gen_random_uuid(), 'EntityItemCreated', md5((i % {{aggregates}})::text)::uuid, 1 + i / {{aggregates}}, i % {{aggregates}} % 16,
                json_build_object('value', i), '{"correlationId": "many"}', now(), '{{status}}', 0, CASE '{{status}}' WHEN 'Sent' THEN now() END
            FROM generate_series(0, {{count - 1}}) AS i
            """));

    /// <summary>How many rows are in this status.</summary>
    public static Task<long> CountAsync(string database, string status) =>
        Sql.ScalarAsync<long>(database, $"SELECT count(*) FROM outbox_messages WHERE status = '{status}'");

    public async ValueTask DisposeAsync() => await Relays.DisposeAsync();

    private static SenderDbContext Context(string database) => new(new DbContextOptionsBuilder<SenderDbContext>().UseNpgsql(database).Options);
}
