using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using ServiceDefaults.Startup;
using ServiceDefaults.Telemetry;

namespace ServiceDefaults.Data;

public static class DatabaseExtensions
{
    /// <summary>Registers <typeparamref name="TContext"/> on the PostgreSQL database <paramref name="connectionName"/>, migrated at
    /// start.</summary>
    /// <exception cref="ConfigurationException">The connection string is not set.</exception>
    public static WebApplicationBuilder AddDatabase<TContext>(this WebApplicationBuilder builder, string connectionName)
        where TContext : DbContext
    {
        builder.Configuration.GetRequiredConnectionString(
            connectionName, $"\"Host=localhost;Database={connectionName};Username=postgres;Password=…\"");

        builder.AddNpgsqlDbContext<TContext>(
            connectionName,
            settings =>
            {
                // Retrying is left to those who know what a lost answer means: the caller with its Idempotency-Key, the relay, the
                // consumer.
                settings.DisableRetry = true;

                // Registers the spans and the meter of Npgsql, for the relay's connections too.
                settings.DisableTracing = settings.DisableMetrics = !builder.Configuration.ExportsTelemetry();
            },
            options => options.UseNpgsql(npgsql => npgsql.ConfigureDataSource(source =>
            {
                source.TraceOnlyWithinSpans();

                // A statement that comes again and again is planned once per connection; without this, planning is half of a batch's work.
                source.ConnectionStringBuilder.MaxAutoPrepare = 20;
            })));

        builder.Services.AddSingleton<DatabaseMigration<TContext>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseMigration<TContext>>());
        builder.Services.AddHealthChecks().Add(new(
            "schema", services => services.GetRequiredService<DatabaseMigration<TContext>>(), failureStatus: null, tags: null));
        return builder;
    }

    /// <summary>Has commands traced only as part of something: polls and probes, one a second, would drown what one wants to see.</summary>
    public static NpgsqlDataSourceBuilder TraceOnlyWithinSpans(this NpgsqlDataSourceBuilder source) =>
        source.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false));
}
