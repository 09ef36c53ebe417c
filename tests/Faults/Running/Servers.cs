using System.Globalization;

namespace Faults.Running;

/// <summary>Makes the servers of a run.</summary>
internal static class Servers
{
    public const string Password = "secret";

    /// <summary>Enough for the longest run. It takes memory only for what is on it.</summary>
    private const int DiskMegabytes = 8 * 1024;

    public static bool BrokerIsArtemis => Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 };

    public static Server Postgres(string folder, string database, int port) => new(
        Path.GetFileName(folder),
        folder,
        ["postgres.sh", database],
        new Dictionary<string, string>
        {
            ["PG_BIN"] = PostgresPair.Programs ?? throw new InvalidOperationException("PostgreSQL was not found: set PG_BIN."),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["PASSWORD"] = Password,
        },
        SmallDisk.CanMount ? SmallDisk.Mount(DiskMegabytes, at: folder) : null);

    public static Server Broker(string folder, int port) => new(
        Path.GetFileName(folder),
        folder,
        [BrokerIsArtemis ? "artemis.sh" : "rabbitmq.sh"],
        new Dictionary<string, string>
        {
            ["RABBITMQ_SERVER"] = "/usr/lib/rabbitmq/bin/rabbitmq-server",
            ["EPMD_PORT"] = Ports.Take().ToString(CultureInfo.InvariantCulture),
            ["DISTRIBUTION_PORT"] = Ports.Take().ToString(CultureInfo.InvariantCulture),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["BROKER_USER"] = "artemis",
            ["PASSWORD"] = Password,
        });
}
