using System.Globalization;
using Npgsql;

namespace Faults.Running;

/// <summary>All processes of a run: two database servers, the broker, and the replicas of both services.</summary>
internal sealed class DemoSystem : IAsyncDisposable
{
    private readonly string _folder;
    private readonly RunSettings _settings;
    private bool _keepsData;

    private DemoSystem(string folder, RunSettings settings)
    {
        (_folder, _settings) = (folder, settings);
        var (senderPort, receiverPort, brokerPort) = (Ports.Take(), Ports.Take(), Ports.Take());
        SenderServer = Servers.Postgres(Path.Combine(folder, "sender-postgres"), "senderdb", senderPort);
        ReceiverServer = Servers.Postgres(Path.Combine(folder, "receiver-postgres"), "receiverdb", receiverPort);
        Broker = Servers.Broker(Path.Combine(folder, "broker"), brokerPort);
        SenderDatabase = Database("senderdb", senderPort);
        ReceiverDatabase = Database("receiverdb", receiverPort);
        BrokerAddress = string.Create(CultureInfo.InvariantCulture, $"amqp://artemis:{Servers.Password}@127.0.0.1:{brokerPort}");
        Senders = Replicas("SenderService", "sender", settings.Senders, first: 0, SenderDatabase);
        Receivers = Replicas("ReceiverService", "receiver", settings.Receivers, first: settings.Senders, ReceiverDatabase);
    }

    public Server SenderServer { get; }

    public Server ReceiverServer { get; }

    public Server Broker { get; }

    public string BrokerAddress { get; }

    /// <summary>A connection string that passes by all wires, and may write while the database is read-only.</summary>
    public string SenderDatabase { get; }

    /// <summary>A connection string that passes by all wires, and may write while the database is read-only.</summary>
    public string ReceiverDatabase { get; }

    public IReadOnlyList<Replica> Senders { get; }

    public IReadOnlyList<Replica> Receivers { get; }

    public IEnumerable<Replica> AllReplicas => Senders.Concat(Receivers);

    public IEnumerable<Target> All => [.. AllServers, .. AllReplicas];

    public IEnumerable<Server> AllServers => [SenderServer, ReceiverServer, Broker];

    /// <summary>Starts everything, and waits until everything is healthy.</summary>
    public static async Task<DemoSystem> StartAsync(string folder, RunSettings settings)
    {
        var system = new DemoSystem(folder, settings);
        try
        {
            foreach (var server in system.AllServers)
            {
                await server.StartAsync();
                await server.WaitUntilListeningAsync();
            }

            // All at once, so that they migrate at the same time.
            await Task.WhenAll(system.AllReplicas.Select(replica => replica.StartAsync()));
            await Task.WhenAll(system.AllReplicas.Select(replica => replica.WaitUntilHealthyAsync()));
            return system;
        }
        catch
        {
            await system.KeepAsync();
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>The database server of a replica.</summary>
    public Server ServerOf(Replica replica) => Senders.Contains(replica) ? SenderServer : ReceiverServer;

    /// <summary>Keeps what every process has logged, and the databases.</summary>
    public async Task KeepAsync()
    {
        _keepsData = true;
        foreach (var replica in AllReplicas)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, $"{replica.Name}.log"), replica.Log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in AllReplicas)
        {
            await replica.EndAsync();
        }

        foreach (var server in AllServers)
        {
            await server.EndAsync(_keepsData);
        }
    }

    private static string Database(string name, int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Database = name,
        Username = "postgres",
        Password = Servers.Password,
        Pooling = false,
        Options = "-c default_transaction_read_only=off",
    }.ConnectionString;

    private Replica[] Replicas(string project, string name, int count, int first, string database) =>
    [
        .. Enumerable.Range(0, count).Select(number =>
        {
            var server = new NpgsqlConnectionStringBuilder(database) { Pooling = true, Options = null };
            var databaseWire = new GatedWire(server.Host!, server.Port);
            var broker = new Uri(BrokerAddress);
            var brokerWire = new GatedWire(broker.Host, broker.Port);
            return new Replica(
                string.Create(CultureInfo.InvariantCulture, $"{name}-{number + 1}"),
                AssemblyOf(project),
                databaseWire,
                brokerWire,
                ahead: first + number == _settings.Seed % (_settings.Senders + _settings.Receivers) ? _settings.Ahead : 0,
                [
                    "environment=Development",
                    "Logging:LogLevel:Default=Information",
                    "Logging:Console:FormatterName=simple",
                    "Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff ",
                    $"ConnectionStrings:{name}db={databaseWire.RerouteDatabase(server.ConnectionString)}",
                    $"ConnectionStrings:artemis={brokerWire.Reroute(BrokerAddress)}",
                ]);
        }),
    ];

    /// <summary>The service that was built together with this program, or a mutant of it.</summary>
    private string AssemblyOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(_settings.Services ?? here.Parent!.Parent!.FullName, project, here.Name, $"{project}.dll");
    }
}
