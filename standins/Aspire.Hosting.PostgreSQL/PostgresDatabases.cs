using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aspire.Hosting.Postgres;

/// <summary>Creates the databases of a server once it answers; after every start, since a server without a volume starts empty.</summary>
internal static partial class PostgresDatabases
{
    public static async Task CreateAsync(PostgresServerResource server, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (server.Databases.Count == 0)
        {
            return;
        }

        var logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(server);
        var settings = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancellationToken))
        {
            Pooling = false,
            Database = "postgres",
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        foreach (var name in server.Databases.Values.Distinct(StringComparer.Ordinal))
        {
            if (!await ExistsAsync(connection, name, cancellationToken))
            {
                await CreateAsync(connection, name, cancellationToken);
                LogCreated(logger, name);
            }
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    private static async Task CreateAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        // CREATE DATABASE takes no parameters; a quoted identifier is safe.
        var identifier = new NpgsqlCommandBuilder().QuoteIdentifier(name);
        await using var command = new NpgsqlCommand($"CREATE DATABASE {identifier}", connection);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // Somebody else has created it since.
            return;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Created the database {Database}.")]
    private static partial void LogCreated(ILogger logger, string database);
}
