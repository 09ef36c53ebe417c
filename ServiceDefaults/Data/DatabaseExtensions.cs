using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Startup;

namespace ServiceDefaults.Data;

public static class DatabaseExtensions
{
    /// <summary>Registers <typeparamref name="TContext"/> on the PostgreSQL database <paramref name="connectionName"/>, migrated at start.</summary>
    /// <exception cref="ConfigurationException">The connection string is not set.</exception>
    public static WebApplicationBuilder AddDatabase<TContext>(
        this WebApplicationBuilder builder, string connectionName, params IInterceptor[] interceptors)
        where TContext : DbContext
    {
        builder.Configuration.GetRequiredConnectionString(
            connectionName, $"\"Host=localhost;Database={connectionName};Username=postgres;Password=…\"");

        builder.AddNpgsqlDbContext<TContext>(
            connectionName,

            // Retrying is left to those who know what a lost answer means: the caller with its Idempotency-Key, the relay, the consumer.
            settings => settings.DisableRetry = true,
            options => options
                .AddInterceptors(interceptors)
                .UseNpgsql(npgsql => npgsql.ConfigureDataSource(source => source.ConfigureTracing(tracing =>

                    // Only as part of a trace: polls and probes would drown what one wants to see.
                    tracing.ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })))));

        builder.Services.AddSingleton<DatabaseMigration<TContext>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseMigration<TContext>>());
        builder.Services.AddHealthChecks().Add(new(
            "schema", services => services.GetRequiredService<DatabaseMigration<TContext>>(), failureStatus: null, tags: null));
        return builder;
    }
}
