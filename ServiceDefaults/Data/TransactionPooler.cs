using ServiceDefaults.Startup;

namespace ServiceDefaults.Data;

/// <summary>A connection pooler between service and server that gives each transaction another session, such as PgBouncer's.</summary>
internal static class TransactionPooler
{
    /// <summary>Asks the server who it is. A pooler gives its clients process ids of its own.</summary>
    /// <param name="sessions">Opens a new connection each time.</param>
    /// <param name="connectionName">Name of the connection string.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    /// <exception cref="ConfigurationException">There is such a pooler, and locks and settings of a session would be lost.</exception>
    public static async Task ThrowIfBetweenAsync(NpgsqlDataSource sessions, string connectionName, CancellationToken cancellationToken)
    {
        try
        {
            await using var one = await sessions.OpenConnectionAsync(cancellationToken);
            var first = await ServerProcessAsync(one, cancellationToken);
            if (first == one.ProcessID)
            {
                return;
            }

            // The other transaction either takes the session of the first statement, or makes the next statement take another one.
            await using var other = await sessions.OpenConnectionAsync(cancellationToken);
            await using var transaction = await other.BeginTransactionAsync(cancellationToken);
            if (await ServerProcessAsync(other, cancellationToken) != first && await ServerProcessAsync(one, cancellationToken) == first)
            {
                return;
            }
        }
        catch (PostgresException exception) when (IsRefusedOption(exception))
        {
            // PgBouncer does not know the settings with which a session begins.
        }

        throw new ConfigurationException(
            $"The connection string '{connectionName}' leads to a connection pooler in transaction mode, which has no sessions: set "
            + $"ConnectionStrings__{connectionName}-direct to the address of the server itself.");
    }

    private static bool IsRefusedOption(PostgresException exception) =>
        exception.SqlState == PostgresErrorCodes.ProtocolViolation
        && exception.MessageText.Contains("startup parameter", StringComparison.Ordinal);

    private static async Task<int> ServerProcessAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
