using System.Reflection;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ReceiverService.EntityItems;
using Tests.Harness;
using Xunit;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Tests;

/// <summary>All test classes share one PostgreSQL and one broker, and run in parallel on them.</summary>
[CollectionDefinition(Name)]
public sealed class ReceiverSuite : ICollectionFixture<Infrastructure>
{
    public const string Name = "receiver";
}

/// <summary>A ReceiverService on a database and a queue of its own, and a producer that is not the SenderService.</summary>
internal sealed class RunningReceiver : IAsyncDisposable
{
    private static readonly Assembly Service = typeof(EntityItem).Assembly;
    private readonly ServiceHost _host;
    private readonly Connection _connection;
    private readonly SenderLink _link;

    private RunningReceiver(ServiceHost host, string database, Connection connection, string queue)
    {
        (_host, Database, _connection) = (host, database, connection);
        _link = new SenderLink(
            new Session(connection), "test", new Target { Address = queue, Capabilities = [new Symbol("queue")], Durable = 2 }, null);
    }

    public HttpClient Client => _host.Client;

    public string Database { get; }

    public static async Task<RunningReceiver> StartAsync(Infrastructure infrastructure, params string[] settings)
    {
        var database = await infrastructure.CreateDatabaseAsync();
        var queue = Infrastructure.NewQueue();
        var host = await ServiceHost.StartAsync(
            Service,
            [$"ConnectionStrings:receiverdb={database}", $"ConnectionStrings:artemis={infrastructure.Broker}", $"Inbox:Queue={queue}", .. settings]);
        var receiver = new RunningReceiver(host, database, await infrastructure.ConnectAsync(), queue);
        await host.WaitUntilHealthyAsync();
        return receiver;
    }

    /// <summary>Sends an event; it is with the broker when this returns.</summary>
    public Task SendAsync(Guid messageId, string type, long version, string body) =>
        SendAsync(new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = messageId.ToString(), Subject = type, ContentType = "application/json" },
            ApplicationProperties = new ApplicationProperties { ["aggregate-version"] = version },
            BodySection = new DataSection { Binary = Encoding.UTF8.GetBytes(body) },
        });

    public Task SendAsync(Message message) => _link.SendAsync(message);

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        await _host.DisposeAsync();
    }
}
