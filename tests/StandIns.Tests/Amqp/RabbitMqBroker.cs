using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.Processes.Brokers;

namespace StandIns.Tests.Amqp;

/// <summary>A RabbitMQ with its AMQP 1.0 plugin: a node of its own name, files and ports, with a port mapper of its own.</summary>
public sealed class RabbitMqBroker : TestBroker
{
    public const int MaxMessageSize = 1_000_000;

    private readonly int _tlsPort;
    private readonly int _distributionPort;
    private readonly int _epmdPort;
    private readonly RabbitMqNode _node;

    public RabbitMqBroker()
    {
        _tlsPort = ReservePort();
        _distributionPort = ReservePort();
        _epmdPort = ReservePort();
        _node = new RabbitMqNode(Folder);
    }

    private string AuthorityFile => Path.Combine(Folder, "ca.pem");

    private string CertificateFile => Path.Combine(Folder, "server.pem");

    private string KeyFile => Path.Combine(Folder, "key.pem");

    public static bool IsInstalled => RabbitMqPrograms.Find() is not null;

    protected override string ReadyMark => "Server startup complete";

    public override int PortWith(ServerCertificate certificate) => _tlsPort;

    /// <summary>A node has one certificate, which it reads when it starts.</summary>
    public override async Task PresentAsync(ServerCertificate certificate)
    {
        await KillAsync();
        await WriteCertificateAsync(certificate);
        await StartAsync();
    }

    public override async Task CreateAsync()
    {
        _node.Configure(Port, new BrokerCredentials(User, Password));
        await WriteCertificateAsync(ServerCertificate.Good);
        await File.WriteAllTextAsync(AuthorityFile, Certificates.Authority.ExportCertificatePem());
        await File.AppendAllTextAsync(Path.Combine(Folder, "rabbitmq.conf"), Text($"""
            listeners.ssl.1 = 127.0.0.1:{_tlsPort}
            ssl_options.cacertfile = {AuthorityFile}
            ssl_options.certfile = {CertificateFile}
            ssl_options.keyfile = {KeyFile}
            ssl_options.verify = verify_none
            max_message_size = {MaxMessageSize}
            disk_free_limit.absolute = 1MB

            """));
    }

    protected override void StartProcesses()
    {
        var programs = RabbitMqPrograms.Find()!;
        var environment = _node.Environment(_distributionPort, _epmdPort);
        // Started by us: the one that Erlang starts by itself would go on after the node has ended.
        StartProcess(programs.Epmd, ["-port", Text($"{_epmdPort}"), "-address", "127.0.0.1"], environment);
        StartProcess(programs.Server, [], environment);
    }

    private async Task WriteCertificateAsync(ServerCertificate kind)
    {
        using var key = Certificates[kind].GetRSAPrivateKey()!;
        await File.WriteAllTextAsync(CertificateFile, Certificates[kind].ExportCertificatePem());
        await File.WriteAllTextAsync(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
