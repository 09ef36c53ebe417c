using Aspire.Hosting.Processes.Containers;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Brokers;

/// <summary>Runs the image `apache/artemis`: Artemis itself or, where there is none, RabbitMQ in its place.</summary>
internal sealed class ArtemisRecipe(ArtemisPrograms artemisPrograms, ArtemisBroker artemis, RabbitMqBroker rabbitMq) : IContainerRecipe
{
    /// <summary>The image's port for AMQP. Its console on 8161 has no place here.</summary>
    public const int AmqpPort = 5672;

    public string Image => "apache/artemis";

    public bool IsDataFolder(string target) => target.TrimEnd('/') == "/var/lib/artemis-instance";

    public bool ListensOn(int targetPort) => targetPort == AmqpPort;

    public void Check()
    {
        if (artemisPrograms.Find() is null && RabbitMqPrograms.Find() is null)
        {
            throw new StartFailureException(
                "No AMQP broker was found: unpack Apache Artemis and set ARTEMIS_HOME to its folder (it needs Java 17), or "
                + "install RabbitMQ (on Debian and Ubuntu 'apt-get install rabbitmq-server').");
        }
    }

    public Task<RunningResource> StartAsync(ContainerRun run, CancellationToken cancellationToken)
    {
        var credentials = new BrokerCredentials(Variable(run, "ARTEMIS_USER"), Variable(run, "ARTEMIS_PASSWORD"));
        return artemisPrograms.Find() is { } programs
            ? artemis.StartAsync(programs, run, credentials, cancellationToken)
            : rabbitMq.StartAsync(RabbitMqPrograms.Find()!, run, credentials);
    }

    private static string Variable(ContainerRun run, string name) => run.Environment.GetValueOrDefault(name)
        ?? throw new StartFailureException($"The container '{run.Resource.Name}' needs the environment variable {name}.");
}

/// <summary>The user that the services connect as.</summary>
internal sealed record BrokerCredentials(string User, string Password);
