using System.Text;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

/// <summary>A database whose default is a stricter isolation level. Two receivers then get the same messages at the same time.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class IsolationTests(Infrastructure infrastructure)
{
    private const int Entities = 40;
    private const int Versions = 5;

    [Theory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task Duplicates_at_two_receivers_interrupt_nothing_and_make_no_dead_letter(string isolation)
    {
        await using var producer = await RunningReceiver.StartAsync(infrastructure);
        await Sql.SetForDatabaseAsync(producer.Database, "default_transaction_isolation", isolation);
        string[] queues = [Infrastructure.NewQueue(), Infrastructure.NewQueue()];
        await using var one = await ReceiverProcess.StartAsync(producer.Database, infrastructure.Broker, queues[0], "Inbox:BatchSize=7");
        await using var other = await ReceiverProcess.StartAsync(producer.Database, infrastructure.Broker, queues[1], "Inbox:BatchSize=7");

        var ids = Enumerable.Range(0, Entities).Select(_ => Guid.CreateVersion7()).ToArray();
        await using (var held = await DatabaseLock.TakeAsync(producer.Database, "LOCK TABLE inbox_messages"))
        {
            // Both receivers wait with their first batch. From then on they meet at the same rows.
            for (var version = 1; version <= Versions; version++)
            {
                await Task.WhenAll(ids.SelectMany(id => SendAsync(producer, queues, id, version)));
            }

            await held.WaitedForAsync("INSERT INTO inbox_messages", sessions: 2);
        }

        foreach (var queue in queues)
        {
            var last = Guid.CreateVersion7();
            await producer.SendToAsync(queue, Events.Created(last, 1, "last"));
            await producer.ItemAsync(last, item => item is not null);
        }

        Assert.Equal(Entities, await producer.ScalarAsync<long>($"SELECT count(*) FROM entity_items WHERE version = {Versions}"));
        Assert.Equal((Entities * Versions) + 2, await producer.ScalarAsync<long>("SELECT count(*) FROM inbox_messages"));
        Assert.Equal(0, await producer.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
        Assert.DoesNotContain(one.Output.Concat(other.Output), line => line.Contains("was interrupted", StringComparison.Ordinal));
    }

    private static IEnumerable<Task> SendAsync(RunningReceiver producer, string[] queues, Guid id, int version)
    {
        var messageId = Guid.NewGuid();
        var body = Encoding.UTF8.GetBytes(Events.Body(id, "name"));
        return queues.Select(queue => producer.SendToAsync(queue, Events.Of(messageId, nameof(EntityItemCreated), version, body)));
    }
}
