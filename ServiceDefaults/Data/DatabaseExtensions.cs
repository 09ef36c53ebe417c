using Microsoft.EntityFrameworkCore.Diagnostics;
using ServiceDefaults.Startup;
using ServiceDefaults.Telemetry;

namespace ServiceDefaults.Data;

public static class DatabaseExtensions
{
    private const int LeastThreads = 32;

    /// <summary>Registers <typeparamref name="TContext"/> on a PostgreSQL database, and migrates that at start.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="connectionName">
    /// Name of the connection string. If that leads to a pooler in transaction mode, the one with the same name and <c>-direct</c> leads to
    /// the server itself, for whatever needs a session: migration, consumer, relay.
    /// </param>
    /// <param name="configure">Configures all connections to this database, for example with <c>UsePeriodicPasswordProvider</c>.</param>
    /// <exception cref="ConfigurationException">The connection string is not set, or it cannot be used.</exception>
    public static WebApplicationBuilder AddDatabase<TContext>(
        this WebApplicationBuilder builder, string connectionName, Action<NpgsqlDataSourceBuilder>? configure = null)
        where TContext : DbContext
    {
        ReserveThreads();
        var direct = $"{connectionName}-direct";
        var source = new DatabaseSource<TContext>(
            connectionName,
            builder.Configuration.GetDatabaseConnectionString(connectionName),
            builder.Configuration.GetConnectionString(direct) is null ? null : builder.Configuration.GetDatabaseConnectionString(direct),
            configure);
        builder.Services.AddSingleton(_ => source);
        builder.AddNpgsqlDbContext<TContext>(
            connectionName,
            settings =>
            {
                settings.ConnectionString = source.ConnectionString;

                // Only a caller knows what a lost answer means: the client with its Idempotency-Key, the relay, the consumer. They retry.
                settings.DisableRetry = true;

                // It says only that the database cannot be reached, and neither why nor what else is wrong with it.
                settings.DisableHealthChecks = true;

                // This also registers the spans and the meter of Npgsql for connections of another kind.
                settings.DisableTracing = settings.DisableMetrics = !builder.Configuration.ExportsTelemetry();
            },
            options => options.UseNpgsql(npgsql => npgsql.ConfigureDataSource(source.Configure)).ConfigureWarnings(DoNotLogWhatIsThrown));

        builder.Services.AddSingleton<DatabaseMigration<TContext>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseMigration<TContext>>());
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealthCheck<TContext>>(connectionName, timeout: DatabaseHealthCheck<TContext>.Timeout)
            .Add(new("schema", services => services.GetRequiredService<DatabaseMigration<TContext>>(), failureStatus: null, tags: null));
        return builder;
    }

    /// <summary>
    /// Npgsql cancels a statement by a connection that it opens synchronously. That blocks a thread for 3 seconds if the database is silent.
    /// The pool adds a thread each half second, and until then all other requests would wait.
    /// </summary>
    private static void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), completionPorts);
    }

    /// <summary>EF Core logs a failure with its stack, and throws it. Whoever catches it knows if it was expected, and logs it.</summary>
    private static void DoNotLogWhatIsThrown(WarningsConfigurationBuilder warnings) => warnings.Log(
        (CoreEventId.QueryIterationFailed, LogLevel.Debug),
        (CoreEventId.SaveChangesFailed, LogLevel.Debug),
        (RelationalEventId.CommandError, LogLevel.Debug),
        (RelationalEventId.ConnectionError, LogLevel.Debug),
        (RelationalEventId.TransactionError, LogLevel.Debug));
}
