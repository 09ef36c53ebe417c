using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aspire.Hosting.Processes.Brokers;

/// <summary>A RabbitMQ node of our own: name, files and ports have nothing to do with a RabbitMQ that the machine may run
/// otherwise.</summary>
internal sealed class RabbitMqNode(string folder)
{
    // The files of a node carry its name, so it is always the same; two nodes do not meet, because each has a port mapper of its own.
    private const string Name = "outbox@localhost";

    public string Folder { get; } = folder;

    public void Configure(int port, BrokerCredentials credentials)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(PathOf("enabled_plugins"), "[rabbitmq_amqp1_0].\n");
        File.WriteAllText(PathOf("definitions.json"), Definitions(credentials));
        File.WriteAllText(PathOf("rabbitmq.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            load_definitions = {PathOf("definitions.json")}
            log.console = true
            log.console.level = info
            log.file = false

            """));
    }

    public Dictionary<string, string> Environment(int distributionPort, int epmdPort)
    {
        var environment = InheritedEnvironment.Get();
        foreach (var name in environment.Keys.Where(name => name.StartsWith("RABBITMQ_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }

        environment["HOME"] = Folder;
        environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        environment["ERL_EPMD_PORT"] = epmdPort.ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_NODENAME"] = Name;
        environment["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_MNESIA_BASE"] = PathOf("mnesia");
        environment["RABBITMQ_LOG_BASE"] = PathOf("log");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = PathOf("enabled_plugins");
        environment["RABBITMQ_CONFIG_FILE"] = PathOf("rabbitmq");
        environment["RABBITMQ_ADVANCED_CONFIG_FILE"] = PathOf("advanced");
        environment["RABBITMQ_GENERATED_CONFIG_DIR"] = PathOf("generated");
        environment["RABBITMQ_CONF_ENV_FILE"] = PathOf("rabbitmq-env.conf");
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}";
        // Makes the script replace itself with Erlang, so that signals reach the server.
        environment["RUNNING_UNDER_SYSTEMD"] = "true";
        return environment;
    }

    // Loaded at every start, so that a new password counts.
    private static string Definitions(BrokerCredentials credentials) => JsonSerializer.Serialize(new Dictionary<string, object[]>
    {
        ["users"] =
        [
            new Dictionary<string, string>
            {
                ["name"] = credentials.User,
                ["password_hash"] = PasswordHash(credentials.Password),
                ["hashing_algorithm"] = "rabbit_password_hashing_sha256",
                ["tags"] = "administrator",
            },
        ],
        ["vhosts"] = [new Dictionary<string, string> { ["name"] = "/" }],
        ["permissions"] =
        [
            new Dictionary<string, string> { ["user"] = credentials.User, ["vhost"] = "/", ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" },
        ],
    });

    // RabbitMQ's documented form: four bytes of salt, then SHA-256 of salt and password.
    private static string PasswordHash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(4);
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }

    private string PathOf(string name) => Path.Combine(Folder, name);
}
