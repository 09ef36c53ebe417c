using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace StandIns.Tests.Amqp;

/// <summary>An Apache Artemis.</summary>
public sealed partial class ArtemisBroker : TestBroker
{
    private const string StorePassword = "store-password";

    // FIXED: nothing is made by itself. SMALL: no room for more than a few messages. REFUSING: the same, and says so.
    private const string AddressSettings = """
        <address-settings>
          <address-setting match="fixed.#">
            <auto-create-queues>false</auto-create-queues><auto-create-addresses>false</auto-create-addresses>
          </address-setting>
          <address-setting match="small.#"><max-size-bytes>50000</max-size-bytes><address-full-policy>BLOCK</address-full-policy></address-setting>
          <address-setting match="refusing.#"><max-size-bytes>50000</max-size-bytes><address-full-policy>FAIL</address-full-policy></address-setting>
        """;

    private readonly Dictionary<ServerCertificate, int> _tlsPorts;

    public ArtemisBroker() => _tlsPorts = Enum.GetValues<ServerCertificate>().ToDictionary(kind => kind, _ => ReservePort());

    public static string? Home => Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 } home ? home : null;

    protected override string ReadyMark => "AMQ221007";

    public override int PortWith(ServerCertificate certificate) => _tlsPorts[certificate];

    public override async Task CreateAsync()
    {
        await RunAsync(
            Path.Combine(Home!, "bin", "artemis"),
            ["create", Folder, "--user", User, "--password", Password, "--require-login", "--no-web", "--silent", "--no-autotune", "--nio"]);
        var settings = Path.Combine(Folder, "etc", "broker.xml");
        var acceptors = string.Concat(_tlsPorts.Select(listener => TlsAcceptor(listener.Key, listener.Value)));
        acceptors = Text($"<acceptors><acceptor name=\"amqp\">tcp://127.0.0.1:{Port}?protocols=AMQP,CORE</acceptor>{acceptors}</acceptors>");
        var text = Acceptors().Replace(await File.ReadAllTextAsync(settings), acceptors);
        text = text.Replace("<address-settings>", AddressSettings, StringComparison.Ordinal);
        // By default the broker takes no message once a disk is 90 % full, without a word.
        text = DiskUsage().Replace(text, "<max-disk-usage>99</max-disk-usage>");
        await File.WriteAllTextAsync(settings, text);
    }

    /// <summary>Runs Artemis's own command line: a producer or a consumer.</summary>
    /// <returns>What it wrote.</returns>
    public Task<string> RunClientAsync(string verb, string protocol, params IEnumerable<string> arguments)
    {
        var url = Text($"{(protocol == "amqp" ? "amqp" : "tcp")}://127.0.0.1:{Port}");
        string[] common = [verb, "--silent", "--protocol", protocol, "--url", url, "--user", User, "--password", Password];
        return RunAsync(Path.Combine(Home!, "bin", "artemis"), [.. common, .. arguments]);
    }

    protected override void StartProcesses() => StartProcess(Path.Combine(Folder, "bin", "artemis"), ["run"]);

    private string TlsAcceptor(ServerCertificate kind, int port)
    {
        var store = Path.Combine(Folder, "etc", $"{kind}.p12");
        File.WriteAllBytes(store, Certificates[kind].Export(X509ContentType.Pkcs12, StorePassword));
        var keys = $"keyStoreType=PKCS12;keyStorePath={store};keyStorePassword={StorePassword}";
        return Text($"<acceptor name=\"{kind}\">tcp://127.0.0.1:{port}?protocols=AMQP;sslEnabled=true;{keys}</acceptor>");
    }

    [GeneratedRegex("<acceptors>.*</acceptors>", RegexOptions.Singleline)]
    private static partial Regex Acceptors();

    [GeneratedRegex("<max-disk-usage>.*?</max-disk-usage>")]
    private static partial Regex DiskUsage();
}
