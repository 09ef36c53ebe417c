using System.Text;
using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace AppHost.Tests;

/// <summary>
/// Tests of the promises on the whole system, with real databases and a real broker. docs/guarantees.md says which mechanism keeps which
/// promise.
/// </summary>
[Collection(OneDemoSystem.Name)]
public sealed class ScenarioTests(DemoSystem system)
{
    private const int MoreThanHeartbeats = 200;

    [Fact]
    public void Each_service_is_started_after_its_database_is_healthy()
    {
        var starting = system.Starting.ToList();
        foreach (var service in new[] { "sender", "receiver" })
        {
            var started = starting.FindIndex(change => change.StartsWith($"{service} Running", StringComparison.Ordinal));
            Assert.InRange(starting.IndexOf($"{service}-postgres Running Healthy"), 0, started);
        }
    }

    [Fact]
    public async Task Messages_posted_while_the_broker_is_down_arrive_when_it_is_back()
    {
        var before = await system.PostAsync(5, "before");
        await system.AssertProjectionsAsync(before);

        await system.StopAsync(DemoSystem.Broker);
        var during = await system.PostAsync(20, "during the outage");
        await system.StartAsync(DemoSystem.Broker);

        var after = await system.PostAsync(5, "after");
        await system.AssertProjectionsAsync([.. before, .. during, .. after]);
    }

    [Fact]
    public async Task Messages_posted_while_the_receiver_is_down_arrive_when_it_is_back()
    {
        await system.StopAsync(DemoSystem.Receiver);
        var items = await system.PostAsync(20, "while offline");
        await AllSentAsync();
        await system.StartAsync(DemoSystem.Receiver);
        await system.AssertProjectionsAsync(items);
    }

    [Fact]
    public async Task A_receiver_that_is_killed_before_its_commit_loses_nothing()
    {
        var before = await system.PostAsync(5, "before");
        await system.AssertProjectionsAsync(before);

        // Without its database the receiver takes messages and cannot commit. If it accepted them now, they would be lost with the process.
        await system.StopAsync(DemoSystem.ReceiverDatabase);
        var items = await system.PostAsync(20, "taken and not committed");
        await AllSentAsync();
        await system.CrashAsync(DemoSystem.Receiver);

        await system.StartAsync(DemoSystem.ReceiverDatabase);
        await system.StartAsync(DemoSystem.Receiver);
        await system.AssertProjectionsAsync([.. before, .. items]);
    }

    [Fact]
    public async Task A_sender_that_is_killed_after_the_commit_and_before_the_publish_publishes_after_its_restart()
    {
        var before = await system.PostAsync(1, "before");
        await system.AssertProjectionsAsync(before);

        // The relay sends a message that never arrives, and waits for the answer. At this moment it is killed.
        system.SenderWire.SwallowRequests();
        var items = await system.PostAsync(20, "committed and not published");
        await Eventually.GetAsync(() => Task.FromResult(system.SenderWire.Swallowed), swallowed => swallowed > MoreThanHeartbeats);
        await system.CrashAsync(DemoSystem.Sender);
        Assert.Equal(items.Count, await PendingCountAsync());

        system.SenderWire.Restore();
        await system.StartAsync(DemoSystem.Sender);
        await system.AssertProjectionsAsync([.. before, .. items]);
        await AllSentAsync();
    }

    [Fact]
    public async Task A_message_that_is_delivered_twice_has_one_effect()
    {
        var once = new Item(Guid.CreateVersion7(), "delivered once", 1m, 1);
        var messageId = Guid.NewGuid();
        await SendAsync(messageId, once);
        await system.AssertProjectionsAsync([once]);

        // The same id again, with another body. Otherwise the version guard would hide a second effect.
        await SendAsync(messageId, once with { Name = "delivered twice", Version = 2 });
        var last = await system.PostAsync(1, "last");
        await system.AssertProjectionsAsync([once, .. last]);
    }

    private async Task AllSentAsync() => await Eventually.GetAsync(PendingCountAsync, pending => pending == 0);

    private async Task<long> PendingCountAsync() => await Sql.ScalarAsync<long>(
        await system.ConnectionStringAsync("senderdb"), "SELECT count(*) FROM outbox_messages WHERE status = 'Pending'");

    /// <summary>Sends an event as the relay does, but without the header. With it, Artemis itself would drop the second one.</summary>
    private async Task SendAsync(Guid messageId, Item item)
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(await system.ConnectionStringAsync(DemoSystem.Broker)));
        try
        {
            var target = new Target { Address = "entity-items", Capabilities = [new Symbol("queue")], Durable = 2 };
            var body = new { item.Id, item.Name, item.Value, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch };
            await new SenderLink(new Session(connection), "test", target, null).SendAsync(new Message
            {
                Header = new Header { Durable = true },
                Properties = new Properties { MessageId = messageId.ToString(), Subject = "EntityItemCreated" },
                ApplicationProperties = new ApplicationProperties { ["aggregate-version"] = item.Version },
                BodySection = new Data { Binary = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, JsonSerializerOptions.Web)) },
            });
        }
        finally
        {
            await connection.CloseAsync();
        }
    }
}
