using Npgsql;
using NpgsqlTypes;

namespace ReceiverService.EntityItems;

/// <summary>Applies changes to the projection, in one statement for a whole batch.</summary>
internal static class EntityItemProjection
{
    /// <summary>A state is only ever replaced by a newer one: the version decides, whatever the order of arrival.</summary>
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

    /// <summary>Adds the statement that applies changes to a batch that runs in the transaction which also records the messages.</summary>
    /// <param name="batch">Gets one command, or none if there are no changes.</param>
    /// <param name="changes">Any number, also several of one entity: each carries the whole state, so that the newest is enough.</param>
    public static void AddTo(NpgsqlBatch batch, IEnumerable<EntityItemChange> changes)
    {
        // In the order of ids, so that two replicas that touch the same rows cannot lock each other out.
        var newest = changes
            .GroupBy(change => change.Id)
            .Select(versions => versions.MaxBy(change => change.Version)!)
            .OrderBy(change => change.Id)
            .ToArray();
        if (newest.Length == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(Upsert);
        Add("ids", NpgsqlDbType.Uuid, change => change.Id);
        Add("versions", NpgsqlDbType.Bigint, change => change.Version);
        Add("deleted", NpgsqlDbType.Boolean, change => change.IsDeleted);
        Add("names", NpgsqlDbType.Text, change => change.Name);
        Add("values", NpgsqlDbType.Numeric, change => change.Value);
        Add("created", NpgsqlDbType.TimestampTz, change => change.CreatedAt?.ToUniversalTime());
        Add("updated", NpgsqlDbType.TimestampTz, change => change.UpdatedAt.ToUniversalTime());
        batch.BatchCommands.Add(command);

        void Add<T>(string name, NpgsqlDbType type, Func<EntityItemChange, T> value) =>
            command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type)
            {
                TypedValue = Array.ConvertAll(newest, change => value(change)),
            });
    }
}
