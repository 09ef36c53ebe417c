using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Messaging.Inbox.DeadLetters;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests;

/// <summary>All test classes share one PostgreSQL and one broker. They run in parallel.</summary>
[CollectionDefinition(Name)]
public sealed class ReceiverSuite : ICollectionFixture<Infrastructure>
{
    public const string Name = "receiver";
}

/// <summary>A ReceiverService with its own database and queue, and a producer. The producer is not the SenderService.</summary>
internal sealed class RunningReceiver : IAsyncDisposable
{
    private readonly ServiceHost<EntityItem> _host;
    private readonly Connection _connection;
    private readonly ConcurrentDictionary<string, SenderLink> _links = new();

    private RunningReceiver(ServiceHost<EntityItem> host, string database, Connection connection, string queue) =>
        (_host, Database, _connection, Queue) = (host, database, connection, queue);

    public HttpClient Client => _host.Client;

    public IServiceProvider Services => _host.Services;

    public Task<string> HealthAsync() => _host.HealthAsync();

    public string Queue { get; }

    public string Database { get; }

    public static async Task<RunningReceiver> StartAsync(Infrastructure infrastructure, params string[] settings)
    {
        var database = await infrastructure.CreateDatabaseAsync();
        var queue = Infrastructure.NewQueue();
        var host = new ServiceHost<EntityItem>(
            [
                $"ConnectionStrings:receiverdb={database}", $"ConnectionStrings:artemis={infrastructure.Broker}", $"Inbox:Queue={queue}",
                .. settings,
            ]);
        host.Start();
        var receiver = new RunningReceiver(host, database, await infrastructure.ConnectAsync(), queue);
        await host.WaitUntilHealthyAsync();
        return receiver;
    }

    /// <summary>Sends an event, and waits until the broker has it.</summary>
    public Task SendAsync(Guid messageId, string type, long version, string body) =>
        SendAsync(Events.Of(messageId, type, version, Encoding.UTF8.GetBytes(body)));

    public Task SendAsync(Message message) => SendToAsync(Queue, message);

    /// <summary>Sends to any queue.</summary>
    public Task SendToAsync(string queue, Message message) => _links.GetOrAdd(queue, LinkTo).SendAsync(message);

    /// <summary>Sends one more message, and waits until it is applied. Then all messages before it have been delivered.</summary>
    public async Task SendLastAsync()
    {
        var last = Guid.CreateVersion7();
        await SendAsync(Events.Created(last, 1, "last"));
        await ItemAsync(last, item => item is not null);
    }

    /// <summary>Waits until the projection of an entity satisfies the condition. Null if there is none.</summary>
    public Task<EntityItemResponse?> ItemAsync(Guid id, Predicate<EntityItemResponse?> condition, TimeSpan? deadline = null) =>
        Eventually.GetAsync(
            async () =>
            {
                using var response = await Client.GetAsync(new Uri($"/api/EntityItems/{id}", UriKind.Relative));
                return response.StatusCode == HttpStatusCode.NotFound
                    ? null
                    : await response.Content.ReadFromJsonAsync<EntityItemResponse>();
            },
            condition,
            deadline);

    /// <summary>Waits until there are this many dead letters, or more.</summary>
    public Task<DeadLetterResponse[]> DeadLettersAsync(int count) =>
        Eventually.GetAsync(
            async () => (await Client.GetFromJsonAsync<DeadLetterResponse[]>("/api/dead-letters"))!, letters => letters.Length >= count);

    public Task<int> ExecuteAsync(string sql) => Sql.ExecuteAsync(Database, sql);

    public Task<T> ScalarAsync<T>(string sql) => Sql.ScalarAsync<T>(Database, sql);

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        await _host.DisposeAsync();
    }

    private SenderLink LinkTo(string queue) =>
        new(new Session(_connection), queue, new Target { Address = queue, Capabilities = [new Symbol("queue")], Durable = 2 }, null);
}
