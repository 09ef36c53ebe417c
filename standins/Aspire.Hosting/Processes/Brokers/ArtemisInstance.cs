using System.Globalization;
using System.Xml.Linq;

namespace Aspire.Hosting.Processes.Brokers;

/// <summary>The configuration of an Artemis broker, as `artemis create` has written it and we want it.</summary>
internal sealed class ArtemisInstance(string folder)
{
    private const string StampFileName = ".created-by";
    private const string AcceptorOptions = "protocols=AMQP,CORE;amqpCredits=1000;amqpLowCredits=300;amqpDuplicateDetection=true";

    private static readonly XNamespace Core = "urn:activemq:core";

    public string Folder { get; } = folder;

    public string Launcher => Path.Combine(Folder, "bin", "artemis");

    private string Etc => Path.Combine(Folder, "etc");

    /// <summary>Whether the instance was made by this Artemis and in this place: its files are full of absolute paths.</summary>
    public bool IsCreatedBy(ArtemisInstallation programs)
    {
        var stamp = Path.Combine(Folder, StampFileName);
        return File.Exists(stamp) && File.ReadAllText(stamp) == Stamp(programs);
    }

    public void MarkCreatedBy(ArtemisInstallation programs) => File.WriteAllText(Path.Combine(Folder, StampFileName), Stamp(programs));

    /// <summary>Written at every start: port and password may have changed, the messages stay.</summary>
    public void Configure(int port, BrokerCredentials credentials)
    {
        WriteBroker(port);
        QuietLog();
        File.WriteAllText(Path.Combine(Etc, "artemis-users.properties"), $"{Escaped(credentials.User)} = {Escaped(credentials.Password)}\n");
        File.WriteAllText(Path.Combine(Etc, "artemis-roles.properties"), $"amq = {Escaped(credentials.User)}\n");
    }

    private void WriteBroker(int port)
    {
        var path = Path.Combine(Etc, "broker.xml");
        var document = XDocument.Load(path);
        var core = document.Root!.Element(Core + "core")!;
        // One port, for this machine only.
        core.Element(Core + "acceptors")!.ReplaceNodes(new XElement(
            Core + "acceptor",
            new XAttribute("name", "amqp"),
            string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}?{AcceptorOptions}")));
        // By default the broker takes no message once a disk is 90 % full, without a word: many a laptop's is.
        core.SetElementValue(Core + "max-disk-usage", 99);
        // More than this goes to disk. By default it is half of the heap, by an estimate that leaves out what a message costs beside its bytes: with a
        // few hundred thousand messages waiting for a consumer that is away, the broker did nothing any more but collect garbage.
        core.SetElementValue(Core + "global-max-size", "128M");
        // Artemis takes the byte order mark that Save(path) would write for a mistake.
        using var writer = new StreamWriter(path);
        document.Save(writer);
    }

    // A connection that ends without a goodbye, as that of each health check does, is no warning to a demo's log.
    private void QuietLog()
    {
        const string Quiet = """

            logger.connection_ends.name = org.apache.activemq.artemis.core.client
            logger.connection_ends.level = ERROR

            """;
        var path = Path.Combine(Etc, "log4j2.properties");
        if (!File.ReadAllText(path).Contains(Quiet, StringComparison.Ordinal))
        {
            File.AppendAllText(path, Quiet);
        }
    }

    // As java.util.Properties reads it.
    private static string Escaped(string text) => string.Concat(text.Select(c => c is '\\' or ' ' or ':' or '=' or '#' or '!' ? $"\\{c}" : $"{c}"));

    private string Stamp(ArtemisInstallation programs) => $"{programs.Home}\n{Folder}\n";
}
