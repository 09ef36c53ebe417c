using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Brokers;

/// <param name="Server">The script that starts the server.</param>
/// <param name="Epmd">Erlang's port mapper.</param>
internal sealed record RabbitMqInstallation(string Server, string Epmd)
{
    /// <summary>Part of the folder's name: rabbitmq_server-3.10.8.</summary>
    public string Version
    {
        get
        {
            var script = File.ResolveLinkTarget(Server, returnFinalTarget: true)?.FullName ?? Server;
            var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(script))) ?? string.Empty;
            return folder.LastIndexOf('-') is > 0 and var dash ? folder[(dash + 1)..] : string.Empty;
        }
    }
}

/// <summary>Finds RabbitMQ.</summary>
internal static class RabbitMqPrograms
{
    // The first is where Debian has it without the wrapper that, as root, becomes the user rabbitmq and knows one node only.
    private static readonly string[] Servers =
        ["/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/homebrew/sbin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server"];

    /// <summary>Null if there is none.</summary>
    public static RabbitMqInstallation? Find()
    {
        var server = Servers.FirstOrDefault(Programs.Exists) ?? Programs.Find("rabbitmq-server");
        return server is not null && Programs.Find("epmd") is { } epmd ? new RabbitMqInstallation(server, epmd) : null;
    }
}
