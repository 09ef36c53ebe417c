using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using ReceiverService.Data;

namespace ReceiverService.EntityItems;

/// <summary>Keeps the newest state of each entity, with one statement for a whole batch of events.</summary>
internal sealed class EntityItemProjection(ReceiverDbContext db) : IInboxHandler<EntityItemChange>
{
    /// <summary>Replaces a state only by a newer one. The version decides, whatever the order of arrival.</summary>
    private const string Upsert = """
        INSERT INTO entity_items AS known (id, version, is_deleted, name, value, created_at, updated_at)
        SELECT * FROM unnest(@ids, @versions, @deleted, @names, @values, @created, @updated)
        ON CONFLICT (id) DO UPDATE SET
            version = excluded.version,
            is_deleted = excluded.is_deleted,
            name = coalesce(excluded.name, known.name),
            value = coalesce(excluded.value, known.value),
            created_at = coalesce(excluded.created_at, known.created_at),
            updated_at = excluded.updated_at
        WHERE known.version < excluded.version
        """;

    public EntityItemChange Read(IncomingMessage message) => EntityItemChange.Read(message);

    public async Task ApplyAsync(IReadOnlyList<EntityItemChange> events, CancellationToken cancellationToken)
    {
        // Each event has the whole state, so the newest one of an entity is enough. Ordered by id, so that two replicas cannot deadlock.
        var newest = events
            .GroupBy(change => change.Id)
            .Select(versions => versions.MaxBy(change => change.Version)!)
            .OrderBy(change => change.Id)
            .ToArray();

        await using var command = new NpgsqlCommand(Upsert, (NpgsqlConnection)db.Database.GetDbConnection());
        Add("ids", NpgsqlDbType.Uuid, change => change.Id);
        Add("versions", NpgsqlDbType.Bigint, change => change.Version);
        Add("deleted", NpgsqlDbType.Boolean, change => change.IsDeleted);
        Add("names", NpgsqlDbType.Text, change => change.Name);
        Add("values", NpgsqlDbType.Numeric, change => change.Value);
        Add("created", NpgsqlDbType.TimestampTz, change => change.CreatedAt?.ToUniversalTime());
        Add("updated", NpgsqlDbType.TimestampTz, change => change.UpdatedAt.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(string name, NpgsqlDbType type, Func<EntityItemChange, T> value) =>
            command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type)
            {
                TypedValue = Array.ConvertAll(newest, change => value(change)),
            });
    }
}
