using System.Globalization;

namespace Testing;

/// <summary>The rows of an outbox, written and counted by SQL, without the service.</summary>
public static class OutboxRows
{
    /// <summary>Adds many messages at once, for several aggregates in turn. Each aggregate has the versions 1, 2, 3 …</summary>
    /// <param name="database">A connection string.</param>
    /// <param name="count">Number of messages.</param>
    /// <param name="aggregates">Number of aggregates.</param>
    /// <param name="status">Pending or Sent.</param>
    public static Task AddManyAsync(string database, int count, int aggregates, string status = "Pending") => Sql.ExecuteAsync(
        database,
        string.Create(CultureInfo.InvariantCulture, $$"""
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts, sent_at)
            SELECT
                gen_random_uuid(), 'EntityItemCreated',
                md5((i % {{aggregates}})::text)::uuid, 1 + i / {{aggregates}}, i % {{aggregates}} % 16,
                json_build_object('value', i), '{"correlationId": "many"}', now(), '{{status}}', 0,
                CASE '{{status}}' WHEN 'Sent' THEN now() END
            FROM generate_series(0, {{count - 1}}) AS i
            """));

    /// <summary>Number of rows in this status.</summary>
    public static Task<long> CountAsync(string database, string status) =>
        Sql.ScalarAsync<long>(database, $"SELECT count(*) FROM outbox_messages WHERE status = '{status}'");

    /// <summary>Waits until this many rows are sent.</summary>
    public static Task<long> SentAsync(string database, long count, TimeSpan? deadline = null) =>
        Eventually.GetAsync(() => CountAsync(database, "Sent"), sent => sent == count, deadline);

    /// <summary>Number of counted refusals of all messages.</summary>
    public static Task<long> AttemptsAsync(string database) =>
        Sql.ScalarAsync<long>(database, "SELECT coalesce(sum(attempts), 0)::bigint FROM outbox_messages");
}
