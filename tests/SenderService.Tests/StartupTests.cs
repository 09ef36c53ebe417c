using System.Net;
using System.Net.Sockets;
using System.Reflection;
using SenderService.EntityItems;

namespace SenderService.Tests;

/// <summary>A service that cannot start for a reason that its user can fix says so in one sentence, and its exit code is not 0.</summary>
public sealed class StartupTests
{
    private const string Database = "ConnectionStrings:senderdb=Host=127.0.0.1;Port=1";
    private const string Broker = "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1";
    private static readonly Assembly Service = typeof(EntityItem).Assembly;

    [Theory]
    [InlineData("The connection string 'senderdb' is not set: ", Broker)]
    [InlineData("The connection string 'artemis' is not set: ", Database)]
    [InlineData("The connection string 'artemis' is not an AMQP address: ", Database, "ConnectionStrings:artemis=http://localhost:5672")]
    [InlineData("The field BatchSize must be between 1 and 10000", Database, Broker, "Outbox:BatchSize=0")]
    [InlineData("Outbox:Queue is not set: set it to the queue to publish to.", Database, Broker, "Outbox:Queue=")]
    public Task A_service_that_is_not_configured_says_what_to_do(string sentence, params string[] settings) =>
        ServiceProcess.AssertSaysWhyItCannotStartAsync(sentence, Service, settings);

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await ServiceProcess.AssertSaysWhyItCannotStartAsync(
            $"{taken.LocalEndpoint}", Service, Database, Broker, $"urls=http://{taken.LocalEndpoint}");
    }
}
