namespace Aspire.Hosting;

/// <summary>The broker as a process of this machine.</summary>
public static class LocalBrokerExtensions
{
    /// <summary>Adds Artemis if ARTEMIS_HOME is set, otherwise RabbitMQ. It keeps its messages in a folder.</summary>
    public static IResourceBuilder<LocalBrokerResource> AddLocalBroker(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<ParameterResource> userName,
        IResourceBuilder<ParameterResource> password,
        string folder) =>
        LocalPrograms.Artemis() is { } artemis
            ? builder.AddBroker("artemis.sh", name, userName, password)
                .WithLocalProgram(folder, "ARTEMIS_HOME", () => artemis, (_, cancellationToken) => LocalChecks.JavaAsync(cancellationToken))
            : builder.AddLocalRabbitMq(name, userName, password, folder);

    /// <summary>Adds a RabbitMQ with its AMQP 1.0 plugin, as a node of its own that keeps its messages in a folder.</summary>
    public static IResourceBuilder<LocalBrokerResource> AddLocalRabbitMq(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<ParameterResource> userName,
        IResourceBuilder<ParameterResource> password,
        string folder) =>
        builder.AddBroker("rabbitmq.sh", name, userName, password)
            .WithLocalProgram(
                folder, "RABBITMQ_SERVER", LocalPrograms.RabbitMq, (_, _) => Task.FromResult(LocalChecks.RabbitMqFolder(folder)))
            .WithEndpoint(scheme: "tcp", name: "epmd", env: "EPMD_PORT", isProxied: false)
            .WithEndpoint(scheme: "tcp", name: "distribution", env: "DISTRIBUTION_PORT", isProxied: false);

    private static IResourceBuilder<LocalBrokerResource> AddBroker(
        this IDistributedApplicationBuilder builder,
        string script,
        string name,
        IResourceBuilder<ParameterResource> userName,
        IResourceBuilder<ParameterResource> password) =>
        builder.AddResource(new LocalBrokerResource(name, script, userName.Resource, password.Resource))
            .WithEnvironment("BROKER_USER", userName)
            .WithEnvironment("PASSWORD", password)
            // Without a proxy, a broker that is down refuses its clients, as everywhere else.
            .WithEndpoint(scheme: "amqp", name: IBrokerResource.AmqpEndpointName, env: "PORT", isProxied: false)
            .WithAmqpHealthCheck();
}
