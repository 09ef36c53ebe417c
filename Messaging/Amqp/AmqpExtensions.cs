using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Amqp;

public static class AmqpExtensions
{
    /// <summary>Registers the service's one connection to the broker, at the address in the connection string.</summary>
    /// <exception cref="ConfigurationException">The connection string is not set, or is not an AMQP address.</exception>
    public static WebApplicationBuilder AddAmqpConnection(this WebApplicationBuilder builder, string connectionName)
    {
        const string Example = "amqp://user:password@localhost:5672";
        var address = builder.Configuration.GetRequiredConnectionString(connectionName, Example);
        if (!AmqpAddress.TryParse(address, out var broker))
        {
            throw new ConfigurationException(
                $"The connection string '{connectionName}' is not an AMQP address: set ConnectionStrings:{connectionName} to one such as "
                + $"{Example}, user and password percent-encoded.");
        }

        builder.AddSettings<AmqpOptions>(AmqpOptions.SectionName);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<AmqpConnection>(services, broker));

        // Degraded, not unhealthy: without its broker a service still takes requests, and catches up later.
        builder.Services.AddHealthChecks().AddCheck<AmqpHealthCheck>("broker", HealthStatus.Degraded);
        return builder;
    }
}
