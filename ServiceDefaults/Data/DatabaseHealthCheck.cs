using ServiceDefaults.Resilience;

namespace ServiceDefaults.Data;

/// <summary>Tells whether the service can work on its database: reach it, use its tables, and find room on its disk.</summary>
internal sealed class DatabaseHealthCheck<TContext>(TContext db) : IHealthCheck
    where TContext : DbContext
{
    /// <summary>A database that is silent for this long is not healthy.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// One round trip. Sorting a megabyte with little memory writes a temporary file, which fails if the disk is full. It changes nothing,
    /// and works in a read-only transaction too. A table that does not exist has no privileges.
    /// </summary>
    private const string Probe = """
        BEGIN;
        SET LOCAL work_mem = '64kB';
        SELECT
            current_setting('transaction_read_only')::bool,
            (SELECT string_agg(privilege || ' on ' || name, ', ')
             FROM unnest(@tables) AS name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
             WHERE has_table_privilege(to_regclass(name), privilege) IS NOT TRUE),
            (SELECT max(length(filler))
             FROM (SELECT repeat('x', 1000) AS filler FROM generate_series(1, 1000) AS i ORDER BY i % 7) AS sorted);
        ROLLBACK
        """;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var (isReadOnly, missing) = await ProbeAsync(cancellationToken);
            return
                isReadOnly ? Unhealthy("The database is read-only.")
                : missing is not null ? Unhealthy($"The service's user lacks tables or grants: {missing}.")
                : HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (Outage.ReasonOf(exception) is { } reason)
        {
            return Unhealthy(reason);
        }

        HealthCheckResult Unhealthy(string reason) => new(context.Registration.FailureStatus, reason);
    }

    private async Task<(bool IsReadOnly, string? Missing)> ProbeAsync(CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var probe = new NpgsqlCommand(Probe, (NpgsqlConnection)db.Database.GetDbConnection());
            probe.Parameters.AddWithValue("tables", db.Model.GetEntityTypes().Select(entity => entity.GetTableName()!).ToArray());
            await using var reader = await probe.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (reader.GetBoolean(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1));
        }
        finally
        {
            // The DbContext comes from a pool. Its next user expects it closed.
            await db.Database.CloseConnectionAsync();
        }
    }
}
