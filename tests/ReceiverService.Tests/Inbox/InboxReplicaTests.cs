using Npgsql;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

/// <summary>Several instances of the receiver on one database.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxReplicaTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Entities = 20;
    private const int Versions = 30;
    private readonly Guid[] _ids = [.. Enumerable.Range(0, Entities).Select(_ => Guid.CreateVersion7())];
    private readonly string[] _queues = [Infrastructure.NewQueue(), Infrastructure.NewQueue()];
    private RunningReceiver _producer = null!;

    public async Task InitializeAsync() => _producer = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _producer.DisposeAsync();

    [Fact]
    public async Task The_same_message_at_two_replicas_at_the_same_moment_has_one_effect_and_one_row()
    {
        await using var one = await StartAsync("one", _queues[0]);
        await using var other = await StartAsync("other", _queues[1]);
        await _producer.ExecuteAsync("""
            CREATE TABLE effects (id uuid);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO effects VALUES (NEW.id); RETURN NULL; END';
            CREATE TRIGGER note AFTER INSERT OR UPDATE ON entity_items FOR EACH ROW EXECUTE FUNCTION note();
            """);
        var messageId = Guid.NewGuid();
        await using (var held = await DatabaseLock.TakeAsync(_producer.Database, "LOCK TABLE inbox_messages"))
        {
            // The two have different bodies. So a second effect would be visible.
            await _producer.SendToAsync(_queues[0], Events.Of(messageId, nameof(EntityItemCreated), 1, Body("one")));
            await _producer.SendToAsync(_queues[1], Events.Of(messageId, nameof(EntityItemCreated), 2, Body("other")));
            await held.WaitedForAsync("INSERT INTO inbox_messages", sessions: 2);
        }

        foreach (var queue in _queues)
        {
            await AssertQueueIsDrainedAsync(queue);
        }

        Assert.Equal(1, await _producer.ScalarAsync<long>($"SELECT count(*) FROM inbox_messages WHERE message_id = '{messageId}'"));
        Assert.Equal(1, await _producer.ScalarAsync<long>($"SELECT count(*) FROM effects WHERE id = '{_ids[0]}'"));
    }

    [Fact]
    public async Task Replicas_share_the_entities_keep_their_order_and_the_survivor_takes_over()
    {
        await _producer.ExecuteAsync("""
            CREATE TABLE log (n bigint GENERATED ALWAYS AS IDENTITY, message_id uuid, replica text);
            CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO log (message_id, replica) VALUES (NEW.message_id, current_setting(''application_name''));
                RETURN NULL; END';
            CREATE TRIGGER log AFTER INSERT ON inbox_messages FOR EACH ROW EXECUTE FUNCTION log();
            """);
        await using var one = await StartAsync("one", _queues[0]);
        await using var other = await StartAsync("other", _queues[0]);

        // The ids follow the versions, because the inbox records the messages of one statement in the order of their ids.
        var sent = new List<(Guid MessageId, Guid Entity)>();
        await SendAsync(sent, 1, Versions);
        await Eventually.GetAsync(LogCountAsync, count => count == sent.Count);
        var log = await ReadLogAsync();
        Assert.Equal(2, log.Values.Select(entry => entry.Replica).Distinct().Count());
        Assert.All(
            sent.GroupBy(message => message.Entity),
            messages => Assert.Single(messages.Select(message => log[message.MessageId].Replica).Distinct()));

        // One replica is killed in the middle of the next versions.
        var sending = SendAsync(sent, Versions + 1, 2 * Versions);
        await Eventually.GetAsync(LogCountAsync, count => count > Entities * Versions * 5 / 4);
        await one.KillAsync();
        await sending;
        await Eventually.GetAsync(LogCountAsync, count => count == sent.Count);

        log = await ReadLogAsync();
        Assert.All(sent.GroupBy(message => message.Entity), messages =>
        {
            var order = messages.Select(message => log[message.MessageId].Number).ToArray();
            Assert.Equal(order.Order(), order);
            Assert.Equal("other", log[messages.Last().MessageId].Replica);
        });
        Assert.Equal(Entities, await _producer.ScalarAsync<long>($"SELECT count(*) FROM entity_items WHERE version = {2 * Versions}"));
    }

    private Task<ServiceInstance> StartAsync(string name, string queue) =>
        ReceiverProcess.StartAsync($"{_producer.Database};Application Name={name}", infrastructure.Broker, queue);

    private byte[] Body(string name) => System.Text.Encoding.UTF8.GetBytes(Events.Body(_ids[0], name));

    private async Task SendAsync(List<(Guid MessageId, Guid Entity)> sent, int first, int last)
    {
        for (var version = first; version <= last; version++)
        {
            foreach (var id in _ids)
            {
                var messageId = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(version));
                var body = System.Text.Encoding.UTF8.GetBytes(Events.Body(id, "name"));
                var message = Events.Of(messageId, nameof(EntityItemCreated), version, body);
                message.Properties.GroupId = id.ToString();
                sent.Add((messageId, id));
                await _producer.SendToAsync(_queues[0], message);
            }
        }
    }

    private async Task AssertQueueIsDrainedAsync(string queue)
    {
        var last = Guid.CreateVersion7();
        await _producer.SendToAsync(queue, Events.Created(last, 1, "last"));
        await _producer.ItemAsync(last, item => item is not null);
    }

    private Task<long> LogCountAsync() => _producer.ScalarAsync<long>("SELECT count(*) FROM log");

    private async Task<Dictionary<Guid, (long Number, string Replica)>> ReadLogAsync()
    {
        await using var connection = new NpgsqlConnection(_producer.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT message_id, n, replica FROM log", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var log = new Dictionary<Guid, (long Number, string Replica)>();
        while (await reader.ReadAsync())
        {
            log.Add(reader.GetGuid(0), (reader.GetInt64(1), reader.GetString(2)));
        }

        return log;
    }
}
