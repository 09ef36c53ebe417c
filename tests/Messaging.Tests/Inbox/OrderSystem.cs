using Amqp;
using Amqp.Framing;
using Amqp.Types;
using OrderService.Orders;

namespace Messaging.Tests.Inbox;

/// <summary>
/// The OrderService's database and queues. The test sends the messages that the service consumes, and reads those that it publishes.
/// </summary>
internal sealed class OrderSystem : IAsyncDisposable
{
    private static readonly TimeSpan NextMessage = TimeSpan.FromSeconds(30);

    private readonly Connection _connection;
    private readonly Session _session;
    private readonly SenderLink _sender;
    private readonly ReceiverLink _receiver;

    private OrderSystem(string database, string broker, Connection connection)
    {
        (Database, Broker, _connection, _session) = (database, broker, connection, new Session(connection));
        _sender = new SenderLink(_session, "placed", Terminus(PlacedQueue), null);
        _receiver = new ReceiverLink(
            _session, "confirmed", new Source { Address = ConfirmedQueue, Capabilities = [new Symbol("queue")], Durable = 2 }, null);
    }

    public string Database { get; }

    public string Broker { get; }

    private string PlacedQueue { get; } = Infrastructure.NewQueue();

    private string ConfirmedQueue { get; } = Infrastructure.NewQueue();

    public static async Task<OrderSystem> CreateAsync(Infrastructure infrastructure) =>
        new(await infrastructure.CreateDatabaseAsync(), infrastructure.Broker, await infrastructure.ConnectAsync());

    /// <summary>Starts the service in this process, and waits until it is healthy.</summary>
    public async Task<ServiceHost<Order>> StartAsync(params string[] settings)
    {
        var service = new ServiceHost<Order>([.. Settings(Broker), .. settings]);
        service.Start();
        await service.WaitUntilHealthyAsync();
        return service;
    }

    /// <summary>Starts the service as a process of its own, and waits until it is healthy.</summary>
    public async Task<ServiceInstance> StartProcessAsync(string? broker = null)
    {
        var service = ServiceInstance.Start(typeof(Order).Assembly, [.. Settings(broker ?? Broker), "environment=Development"]);
        try
        {
            await service.WaitUntilHealthyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends the event of an order. The broker has it when this returns.</summary>
    public Task PlaceAsync(Guid id, int quantity, Guid? messageId = null)
    {
        var body = $$"""{"id": "{{id}}", "quantity": {{quantity}}}""";
        var message = Messages.Of(nameof(OrderPlaced), System.Text.Encoding.UTF8.GetBytes(body));
        message.Properties.MessageId = (messageId ?? Guid.NewGuid()).ToString();
        return _sender.SendAsync(message);
    }

    /// <summary>Receives the next message that the service has published.</summary>
    public async Task<Message> ReceiveAsync()
    {
        var message = await _receiver.ReceiveAsync(NextMessage);
        Assert.NotNull(message);
        _receiver.Accept(message);
        return message;
    }

    /// <summary>Receives everything that is in the queue of published messages.</summary>
    public async Task<IReadOnlyList<Message>> ReceiveAllAsync()
    {
        var last = new SenderLink(_session, $"last-{Guid.NewGuid()}", Terminus(ConfirmedQueue), null);
        await last.SendAsync(Messages.Of("Last", []));
        var all = new List<Message>();
        while (await ReceiveAsync() is var message && message.Properties.Subject != "Last")
        {
            all.Add(message);
        }

        return all;
    }

    public Task<long> CountAsync(string rows) => Sql.ScalarAsync<long>(Database, $"SELECT count(*) FROM {rows}");

    public async ValueTask DisposeAsync() => await _connection.CloseAsync();

    private static Target Terminus(string queue) => new() { Address = queue, Capabilities = [new Symbol("queue")], Durable = 2 };

    private string[] Settings(string broker) =>
    [
        $"ConnectionStrings:orderdb={Database}", $"ConnectionStrings:artemis={broker}",
        $"Inbox:Queue={PlacedQueue}", $"Outbox:Queue={ConfirmedQueue}", "Inbox:RetryDelay=00:00:00.01",
    ];
}
