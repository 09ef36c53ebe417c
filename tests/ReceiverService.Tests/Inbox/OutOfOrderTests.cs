using System.Net;
using System.Net.Http.Json;
using System.Text;
using Messaging.Inbox.DeadLetters;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

/// <summary>An older message that comes after a newer one. It is recorded, and does not change what the newer one has left.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class OutOfOrderTests(Infrastructure infrastructure)
{
    private readonly Guid _id = Guid.CreateVersion7();

    /// <summary>The messages have no group, as RabbitMQ sees all messages. So the broker gives the two to two consumers.</summary>
    [Fact]
    public async Task An_older_message_that_comes_again_after_a_newer_one_is_recorded_and_not_applied()
    {
        await using var producer = await RunningReceiver.StartAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        var (older, newer) = (Guid.NewGuid(), Guid.NewGuid());
        await producer.ExecuteAsync($"""
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END';
            CREATE TRIGGER wait BEFORE INSERT ON inbox_messages FOR EACH ROW WHEN (NEW.message_id = '{older}') EXECUTE FUNCTION wait();
            """);
        await using var one = await StartAsync(producer, queue, "one");
        await using var other = await StartAsync(producer, queue, "other");
        await using (var held = await DatabaseLock.TakeAsync(producer.Database, "SELECT pg_advisory_xact_lock(1)"))
        {
            await producer.SendToAsync(queue, Of(older, 2));
            await held.WaitedForAsync("INSERT INTO inbox_messages");
            var holder = await producer.ScalarAsync<string>(
                "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'");
            await producer.SendToAsync(queue, Of(newer, 3));
            await producer.ItemAsync(_id, item => item is { Version: 3 });
            await (holder == "one" ? one : other).KillAsync();
        }

        await Eventually.GetAsync(() => InboxCountAsync(producer), count => count == 2);
        Assert.Equal(("version 3", 3L), await StateAsync(producer));
    }

    /// <summary>A retention that is far too short: the broker delivers a message again, and nobody knows it any more.</summary>
    [Fact]
    public async Task A_message_that_comes_again_after_its_record_is_removed_changes_nothing()
    {
        await using var receiver = await StartForgetfulAsync();
        var messages = Enumerable.Range(1, 3).Select(_ => Guid.NewGuid()).ToArray();
        for (var version = 1; version <= messages.Length; version++)
        {
            await receiver.SendAsync(Of(messages[version - 1], version));
        }

        await receiver.ItemAsync(_id, item => item is { Version: 3 });
        await Eventually.GetAsync(() => InboxCountAsync(receiver), count => count == 0);

        await receiver.ExecuteAsync("""
            CREATE TABLE again (message_id uuid);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO again VALUES (NEW.message_id); RETURN NULL; END';
            CREATE TRIGGER note AFTER INSERT ON inbox_messages FOR EACH ROW EXECUTE FUNCTION note();
            """);
        for (var version = 1; version <= messages.Length; version++)
        {
            await receiver.SendAsync(Of(messages[version - 1], version, "again"));
        }

        await Eventually.GetAsync(() => receiver.ScalarAsync<long>("SELECT count(*) FROM again"), count => count == messages.Length);
        Assert.Equal(("version 3", 3L), await StateAsync(receiver));
    }

    [Fact]
    public async Task A_dead_letter_that_is_replayed_after_its_record_is_removed_changes_nothing_newer()
    {
        await using var receiver = await StartForgetfulAsync();
        await receiver.SendAsync(Guid.NewGuid(), nameof(EntityItemUpdated), 2, "{");
        var letter = Assert.Single(await receiver.DeadLettersAsync(1));
        await receiver.SendAsync(Of(Guid.NewGuid(), 3));
        await receiver.ItemAsync(_id, item => item is { Version: 3 });
        await Eventually.GetAsync(() => InboxCountAsync(receiver), count => count == 0);

        using var body = new StringContent(Events.Body(_id, "version 2"), Encoding.UTF8, "application/json");
        using var corrected = await receiver.Client.PutAsync(new Uri($"/api/dead-letters/{letter.Id}/body", UriKind.Relative), body);
        using var replayed = await receiver.Client.PostAsync(new Uri($"/api/dead-letters/{letter.Id}/replay", UriKind.Relative), null);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.OK), (corrected.StatusCode, replayed.StatusCode));
        Assert.Empty((await receiver.Client.GetFromJsonAsync<DeadLetterResponse[]>("/api/dead-letters"))!);
        Assert.Equal(("version 3", 3L), await StateAsync(receiver));
    }

    /// <summary>The broker sends no second message to a receiver that has one in work.</summary>
    private Task<ServiceInstance> StartAsync(RunningReceiver producer, string queue, string name) => ReceiverProcess.StartAsync(
        $"{producer.Database};Application Name={name}", infrastructure.Broker, queue, "Inbox:Prefetch=1");

    private Task<RunningReceiver> StartForgetfulAsync() => RunningReceiver.StartAsync(
        infrastructure, "Inbox:Retention:Period=00:00:01", "Inbox:Retention:Interval=00:00:00.1");

    private Amqp.Message Of(Guid messageId, int version, string? name = null) => Events.Of(
        messageId, nameof(EntityItemCreated), version, Encoding.UTF8.GetBytes(Events.Body(_id, name ?? $"version {version}")));

    private async Task<(string? Name, long? Version)> StateAsync(RunningReceiver receiver)
    {
        var item = await receiver.ItemAsync(_id, _ => true);
        return (item?.Name, item?.Version);
    }

    private static Task<long> InboxCountAsync(RunningReceiver receiver) =>
        receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages");
}
