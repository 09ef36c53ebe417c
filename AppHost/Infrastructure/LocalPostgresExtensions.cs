using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Aspire.Hosting;

/// <summary>PostgreSQL as a process of this machine.</summary>
public static class LocalPostgresExtensions
{
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds a PostgreSQL server that keeps its data in a folder.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The server. The parameter <c>{name}-password</c> is its password. By default it is generated.</param>
    /// <param name="folder">The folder, created at the first start.</param>
    /// <param name="port">Its port. Defaults to a free one.</param>
    public static IResourceBuilder<LocalPostgresResource> AddLocalPostgres(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string folder, int? port = null)
    {
        var postgres = new LocalPostgresResource(
            name, ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password"));
        var healthCheck = $"{name}_connects";
        builder.Services.AddHealthChecks().AddAsyncCheck(
            healthCheck, cancellationToken => ConnectAsync(postgres, cancellationToken), timeout: HealthCheckTimeout);

        return builder.AddResource(postgres)
            .WithLocalProgram(
                folder,
                "PG_BIN",
                LocalPrograms.PostgreSql,
                (program, cancellationToken) => LocalChecks.PostgreSqlDataAsync(folder, program.Path, cancellationToken))
            .WithEnvironment("PASSWORD", postgres.Password)
            // Without a proxy, a server that is down refuses its clients, as everywhere else.
            .WithEndpoint(scheme: "tcp", name: LocalPostgresResource.EndpointName, env: "PORT", port: port, isProxied: false)
            .WithIconName("DatabaseMultiple")
            .WithHealthCheck(healthCheck);
    }

    /// <summary>Adds a database. The server creates it when it starts, unless it exists.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddDatabase(
        this IResourceBuilder<LocalPostgresResource> server, [ResourceName] string name) =>
        server.WithArgs(name).ApplicationBuilder
            .AddConnectionString(name, ReferenceExpression.Create($"{server.Resource};Database={name}"))
            .WithParentRelationship(server)
            .WithIconName("Database")
            .WaitFor(server);

    private static async Task<HealthCheckResult> ConnectAsync(IResourceWithConnectionString postgres, CancellationToken cancellationToken)
    {
        try
        {
            // Not pooled: a connection from a pool opens without asking the server.
            var address = new NpgsqlConnectionStringBuilder(await postgres.GetConnectionStringAsync(cancellationToken)) { Pooling = false };
            await using var connection = new NpgsqlConnection(address.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException exception)
        {
            return HealthCheckResult.Unhealthy($"{exception.Message}: {exception.GetBaseException().Message}");
        }
    }
}
