using System.Globalization;
using Npgsql;

namespace Faults.Running;

/// <summary>All processes of a run: two database servers, the broker, and the replicas of both services.</summary>
internal sealed class DemoSystem : IAsyncDisposable
{
    private const string Password = "secret";
    private readonly string _folder;

    private DemoSystem(string folder, RunSettings settings)
    {
        _folder = folder;
        var (senderPort, receiverPort, brokerPort) = (Ports.Take(), Ports.Take(), Ports.Take());
        SenderServer = Postgres("sender-postgres", "senderdb", senderPort);
        ReceiverServer = Postgres("receiver-postgres", "receiverdb", receiverPort);
        SenderDatabase = Database("senderdb", senderPort);
        ReceiverDatabase = Database("receiverdb", receiverPort);
        (BrokerName, Broker) = BrokerOn(brokerPort);
        BrokerAddress = string.Create(CultureInfo.InvariantCulture, $"amqp://artemis:{Password}@127.0.0.1:{brokerPort}");
        Senders = Replicas("SenderService", "sender", settings.Senders, SenderDatabase);
        Receivers = Replicas("ReceiverService", "receiver", settings.Receivers, ReceiverDatabase);
    }

    public Server SenderServer { get; }

    public Server ReceiverServer { get; }

    public Server Broker { get; }

    public string BrokerName { get; }

    public string BrokerAddress { get; }

    /// <summary>A connection string that passes by all wires, and may write while the database is read-only.</summary>
    public string SenderDatabase { get; }

    /// <summary>A connection string that passes by all wires, and may write while the database is read-only.</summary>
    public string ReceiverDatabase { get; }

    public IReadOnlyList<Replica> Senders { get; }

    public IReadOnlyList<Replica> Receivers { get; }

    public IEnumerable<Replica> AllReplicas => Senders.Concat(Receivers);

    public IEnumerable<Target> All => [SenderServer, ReceiverServer, Broker, .. AllReplicas];

    /// <summary>Starts everything, and waits until everything is healthy.</summary>
    public static async Task<DemoSystem> StartAsync(string folder, RunSettings settings)
    {
        var system = new DemoSystem(folder, settings);
        try
        {
            foreach (var target in system.All)
            {
                await target.StartAsync();
                if (target is Server server)
                {
                    await server.WaitUntilListeningAsync();
                }
            }

            await Task.WhenAll(system.AllReplicas.Select(replica => replica.WaitUntilHealthyAsync()));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what every process has logged to files.</summary>
    public async Task KeepLogsAsync()
    {
        foreach (var target in All)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{target.Name}.log"), target.Log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in AllReplicas)
        {
            await replica.EndAsync();
        }

        foreach (var server in new[] { Broker, SenderServer, ReceiverServer })
        {
            await server.KillAsync();
        }
    }

    private Server Postgres(string name, string database, int port) => new(
        name,
        Path.Combine(_folder, name),
        ["postgres.sh", database],
        new Dictionary<string, string>
        {
            ["PG_BIN"] = PostgresPair.Programs ?? throw new InvalidOperationException("PostgreSQL was not found: set PG_BIN."),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["PASSWORD"] = Password,
        });

    private (string Name, Server Server) BrokerOn(int port)
    {
        var isArtemis = Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 };
        var environment = new Dictionary<string, string>
        {
            ["RABBITMQ_SERVER"] = "/usr/lib/rabbitmq/bin/rabbitmq-server",
            ["EPMD_PORT"] = Ports.Take().ToString(CultureInfo.InvariantCulture),
            ["DISTRIBUTION_PORT"] = Ports.Take().ToString(CultureInfo.InvariantCulture),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["BROKER_USER"] = "artemis",
            ["PASSWORD"] = Password,
        };
        return (
            isArtemis ? "Artemis" : "RabbitMQ",
            new("broker", Path.Combine(_folder, "broker"), [isArtemis ? "artemis.sh" : "rabbitmq.sh"], environment));
    }

    private static string Database(string name, int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = name,
        Username = "postgres",
        Password = Password,
        Pooling = false,
        Options = "-c default_transaction_read_only=off",
    }.ConnectionString;

    private Replica[] Replicas(string project, string name, int count, string database) =>
    [
        .. Enumerable.Range(1, count).Select(number =>
        {
            var ofService = new NpgsqlConnectionStringBuilder(database) { Pooling = true, Options = null };
            var databaseWire = TcpWire.ToDatabase(ofService.ConnectionString, out var byWire);
            var broker = new Uri(BrokerAddress);
            var brokerWire = new TcpWire(broker.Host, broker.Port);
            return new Replica(
                string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"),
                AssemblyOf(project),
                databaseWire,
                brokerWire,
                [
                    "environment=Development",
                    "Logging:LogLevel:Default=Information",
                    "Logging:Console:FormatterName=simple",
                    "Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff ",
                    $"ConnectionStrings:{name}db={byWire}",
                    $"ConnectionStrings:artemis={brokerWire.Reroute(BrokerAddress)}",
                ]);
        }),
    ];

    /// <summary>The service that was built together with this program.</summary>
    private static string AssemblyOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"{project}.dll");
    }
}
