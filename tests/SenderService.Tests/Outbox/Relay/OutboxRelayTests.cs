using System.Net;
using System.Net.Http.Json;
using System.Text;
using Amqp;
using Microsoft.Extensions.DependencyInjection;
using SenderService.Data;
using SenderService.EntityItems;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Writing;
using DataSection = Amqp.Framing.Data;

namespace SenderService.Tests.Outbox.Relay;

[Collection(SenderSuite.Name)]
public sealed class OutboxRelayTests(Infrastructure infrastructure)
{
    /// <summary>So long that only a wake-up can explain a message that is sent within a test's deadline.</summary>
    private const string NoPolling = "Outbox:PollInterval=00:01:00";

    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_committed_message_arrives_as_a_durable_cloud_event_and_is_then_sent()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        var item = await PostAsync(sender, "Zwölf Äpfel", 12.5m);

        var message = Assert.Single(await ReceiveAsync(sender.Queue, 1));
        Assert.True(message.Header.Durable);
        Assert.Equal(nameof(EntityItemCreated), message.Properties.Subject);
        Assert.Equal("application/json", message.Properties.ContentType.ToString());
        Assert.Equal(item.Id.ToString(), message.Properties.GroupId);
        var properties = message.ApplicationProperties.Map;
        Assert.Equal("1.0", properties["cloudEvents:specversion"]);
        Assert.Equal("/SenderService", properties["cloudEvents:source"]);
        Assert.Equal(nameof(EntityItemCreated), properties["cloudEvents:type"]);
        Assert.Equal(item.Id.ToString(), properties["cloudEvents:subject"]);
        Assert.Equal(message.Properties.MessageId, properties["cloudEvents:id"]);
        Assert.StartsWith($"{message.Properties.MessageId}:", (string)properties["_AMQ_DUPL_ID"], StringComparison.Ordinal);
        Assert.Equal(1L, properties["aggregate-version"]);
        Assert.Contains("Zwölf Äpfel", Encoding.UTF8.GetString(((DataSection)message.BodySection).Binary), StringComparison.Ordinal);

        var row = await RowAsync(sender, row => row.Status == "Sent");
        Assert.Equal(message.Properties.MessageId, row.MessageId.ToString());
        Assert.Equal(0, row.Attempts);
    }

    [Fact]
    public async Task The_payload_arrives_byte_for_byte_as_it_was_written()
    {
        const string Written = """{"b" : 1.50,  "a": "\u00fc", "b":2}""";
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await Sql.ExecuteAsync(sender.Database, $$"""
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
            VALUES (
                gen_random_uuid(), 'EntityItemCreated', gen_random_uuid(), 1, 0,
                '{{Written}}', '{"correlationId": "any"}', now(), 'Pending', 0)
            """);

        var message = Assert.Single(await ReceiveAsync(sender.Queue, 1));
        Assert.Equal(Written, Encoding.UTF8.GetString(((DataSection)message.BodySection).Binary));
    }

    [Fact]
    public async Task A_message_continues_the_trace_of_its_request()
    {
        const string TraceId = "0af7651916cd43dd8448eb211c80319c";
        await using var sender = await RunningSender.StartAsync(infrastructure);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/EntityItems");
        request.Content = JsonContent.Create(new { name = "traced", value = 1m });
        request.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=opaque");
        request.Headers.Add("baggage", "tenant=blue");
        using var created = await sender.Client.SendAsync(request);

        var message = Assert.Single(await ReceiveAsync(sender.Queue, 1));
        var properties = message.ApplicationProperties.Map;
        Assert.Equal(TraceId, message.Properties.CorrelationId);
        Assert.StartsWith($"00-{TraceId}-", (string)properties["cloudEvents:traceparent"], StringComparison.Ordinal);
        Assert.Equal("vendor=opaque", properties["cloudEvents:tracestate"]);
        Assert.Equal("tenant=blue", ((string)properties["baggage"]).Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_commit_wakes_the_relay()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure, settings: NoPolling);
        await PostAsync(sender, "the first, which the relay may find when it starts", 1m);
        await RowAsync(sender, row => row.Status == "Sent");

        await PostAsync(sender, "the second, for which it must be woken", 2m);
        await OutboxRows.SentAsync(sender.Database, 2, Promptly);
    }

    [Fact]
    public async Task The_relay_is_woken_after_the_commit_of_an_explicit_transaction_and_not_by_saving()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure, settings: NoPolling);
        await PostAsync(sender, "the first", 1m);
        await RowAsync(sender, row => row.Status == "Sent");

        await using var scope = sender.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SenderDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        AddItem(scope.ServiceProvider, db);
        await db.SaveChangesAsync();

        // If saving had woken the relay, it would have seen nothing by now and would wait again.
        await PostAsync(sender, "the second", 2m);
        await OutboxRows.SentAsync(sender.Database, 2, Promptly);
        await transaction.CommitAsync();
        await OutboxRows.SentAsync(sender.Database, 3, Promptly);
    }

    [Fact]
    public async Task A_rollback_leaves_no_entity_and_no_message()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await using (var scope = sender.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<SenderDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            AddItem(scope.ServiceProvider, db);
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        var committed = await PostAsync(sender, "committed", 1m);
        Assert.Equal(1L, await Sql.ScalarAsync<long>(sender.Database, "SELECT count(*) FROM entity_items"));
        Assert.Equal(committed.Id, Guid.Parse(Assert.Single(await ReceiveAsync(sender.Queue, 1)).Properties.GroupId));
        Assert.Equal(1L, await Sql.ScalarAsync<long>(sender.Database, "SELECT count(*) FROM outbox_messages"));
    }

    [Fact]
    public async Task Messages_of_one_entity_arrive_in_the_order_of_their_commits()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        var items = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => PostAsync(sender, $"item {i}", 0m)));
        await Task.WhenAll(items.Select(async item =>
        {
            for (var version = 2; version <= 20; version++)
            {
                var change = new { name = item.Name, value = version };
                using var updated = await sender.Client.PutAsJsonAsync($"/api/EntityItems/{item.Id}", change);
                Assert.Equal(HttpStatusCode.OK, updated.StatusCode);
            }
        }));

        var messages = await ReceiveAsync(sender.Queue, 100);
        foreach (var of in messages.GroupBy(message => message.Properties.GroupId))
        {
            Assert.Equal(
                Enumerable.Range(1, 20).Select(version => (object)(long)version),
                of.Select(message => message.ApplicationProperties.Map["aggregate-version"]));
        }
    }

    [Fact]
    public async Task Without_a_broker_requests_are_accepted_and_their_messages_stay_pending_uncounted()
    {
        // Nobody listens on port 1.
        await using var sender = await RunningSender.StartAsync(infrastructure, broker: "amqp://nobody:x@127.0.0.1:1");
        await Eventually.GetAsync(
            sender.HealthAsync,
            health => health.Contains("Degraded", StringComparison.Ordinal)
                && health.Contains("cannot be reached", StringComparison.Ordinal));

        await PostAsync(sender, "accepted", 1m);
        var row = await RowAsync(sender, _ => true);
        Assert.Equal(("Pending", 0, null), (row.Status, row.Attempts, row.LastError));
    }

    private static void AddItem(IServiceProvider services, SenderDbContext db)
    {
        var now = TimeProvider.System.GetUtcNow();
        var item = new EntityItem { Id = Guid.CreateVersion7(), Name = "explicit", Value = 1m, CreatedAt = now, UpdatedAt = now };
        db.EntityItems.Add(item);
        services.GetRequiredService<OutboxWriter>().Add(
            item.Id, item.Version, new EntityItemCreated(item.Id, item.Name, item.Value, item.CreatedAt, item.UpdatedAt));
    }

    private static async Task<EntityItemResponse> PostAsync(RunningSender sender, string name, decimal value)
    {
        using var created = await sender.Client.PostAsJsonAsync("/api/EntityItems", new { name, value });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return (await created.Content.ReadFromJsonAsync<EntityItemResponse>())!;
    }

    private static async Task<OutboxMessageResponse> RowAsync(RunningSender sender, Predicate<OutboxMessageResponse> condition) =>
        await Eventually.GetAsync(
            async () => Assert.Single((await sender.Client.GetFromJsonAsync<OutboxMessageResponse[]>("/api/outbox/messages"))!), condition);

    private Task<IReadOnlyList<Message>> ReceiveAsync(string queue, int count) =>
        QueueReader.MessagesAsync(infrastructure, queue, count, Promptly);
}
