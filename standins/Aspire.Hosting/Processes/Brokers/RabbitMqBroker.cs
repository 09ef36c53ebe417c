using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Containers;
using Aspire.Hosting.Processes.Ports;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Brokers;

/// <summary>Runs RabbitMQ in the place of Artemis, with its AMQP 1.0 plugin, and says so.</summary>
internal sealed class RabbitMqBroker(ProcessStarter processes, PortReservations ports)
{
    // By resource, for as long as the application runs, like every other port.
    private readonly ConcurrentDictionary<string, (int Distribution, int Epmd)> _ports = new();

    public Task<RunningResource> StartAsync(RabbitMqInstallation programs, ContainerRun run, BrokerCredentials credentials)
    {
        var note = $"RabbitMQ {programs.Version} stands in for Apache Artemis, which was not found";
        run.Log.Add(note, isError: false);

        var node = new RabbitMqNode(Path.Combine(run.DataFolder, "rabbitmq"));
        node.Configure(run.Port(ArtemisRecipe.AmqpPort), credentials);
        var (distributionPort, epmdPort) = _ports.GetOrAdd(run.Resource.Name, _ => (ports.ReserveFree(), ports.ReserveFree()));
        var environment = node.Environment(distributionPort, epmdPort);
        // Started by us: the one that Erlang starts by itself would go on after the node has ended.
        var epmd = processes.Start(
            new ProcessSpec
            {
                FileName = programs.Epmd,
                Arguments = ["-port", epmdPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1"],
                WorkingDirectory = node.Folder,
                Environment = environment,
            },
            run.Log);
        var server = processes.Start(
            new ProcessSpec
            {
                FileName = programs.Server,
                Arguments = run.Arguments,
                WorkingDirectory = node.Folder,
                Environment = environment,
            },
            run.Log);

        return Task.FromResult(new RunningResource
        {
            Main = server,
            Companions = [epmd],
            Properties =
            [
                new(KnownProperties.Program, $"RabbitMQ {programs.Version} ({programs.Server})"),
                new(KnownProperties.Note, note),
                new(KnownProperties.DataFolder, node.Folder),
                new(KnownProperties.Process, server.Id),
            ],
        });
    }
}
