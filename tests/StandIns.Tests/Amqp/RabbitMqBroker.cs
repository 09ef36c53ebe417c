using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.Processes.Brokers;

namespace StandIns.Tests.Amqp;

/// <summary>A RabbitMQ with its AMQP 1.0 plugin: a node of its own name, files and ports, with a port mapper of its own.</summary>
public sealed class RabbitMqBroker : TestBroker
{
    public const int MaxMessageSize = 1_000_000;

    private readonly int _tlsPort = FreePort();
    private readonly int _distributionPort = FreePort();
    private readonly int _epmdPort = FreePort();
    private readonly RabbitMqNode _node;

    public RabbitMqBroker() => _node = new RabbitMqNode(Folder);

    public static bool IsInstalled => RabbitMqPrograms.Find() is not null;

    protected override string ReadyMark => "Server startup complete";

    public override int PortWith(ServerCertificate certificate) =>
        certificate == ServerCertificate.Good ? _tlsPort : throw new NotSupportedException("A node has one certificate.");

    public override async Task CreateAsync()
    {
        _node.Configure(Port, new BrokerCredentials(User, Password));
        var good = Certificates[ServerCertificate.Good];
        using var key = good.GetRSAPrivateKey()!;
        var (authority, certificate, keyFile) = (Path.Combine(Folder, "ca.pem"), Path.Combine(Folder, "server.pem"), Path.Combine(Folder, "key.pem"));
        await File.WriteAllTextAsync(authority, Certificates.Authority.ExportCertificatePem());
        await File.WriteAllTextAsync(certificate, good.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await File.AppendAllTextAsync(Path.Combine(Folder, "rabbitmq.conf"), Text($"""
            listeners.ssl.1 = 127.0.0.1:{_tlsPort}
            ssl_options.cacertfile = {authority}
            ssl_options.certfile = {certificate}
            ssl_options.keyfile = {keyFile}
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
}
