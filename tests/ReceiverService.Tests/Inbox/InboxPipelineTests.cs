using System.Diagnostics;
using System.Text;
using ReceiverService.EntityItems;
using Tests.Harness;
using Xunit;

namespace ReceiverService.Tests.Inbox;

/// <summary>A batch is recorded while the one before is applied; what can come between the two.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxPipelineTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly Guid _id = Guid.CreateVersion7();
    private readonly Guid _messageId = Guid.NewGuid();
    private RunningReceiver _receiver = null!;

    /// <summary>The entity "first" waits for the advisory lock 1, if somebody holds it.</summary>
    public async Task InitializeAsync()
    {
        _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:BatchSize=2", "Inbox:RetryDelay=00:00:00.01");
        await _receiver.ExecuteAsync("""
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END';
            CREATE TRIGGER wait BEFORE INSERT ON entity_items FOR EACH ROW WHEN (NEW.name = 'first') EXECUTE FUNCTION wait();
            """);
    }

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task The_next_batch_is_recorded_while_one_is_applied_and_is_applied_after_it()
    {
        await using (await HoldFirstBatchAsync(third: Events.Created(_id, 2, "third")))
        {
            await Eventually.GetAsync(
                () => _receiver.ScalarAsync<long>("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction' AND ltrim(query) LIKE 'INSERT INTO inbox_messages%'
                    """),
                recorded => recorded == 1);
            Assert.Equal(1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM entity_items"));
        }

        await _receiver.SendLastAsync();
        Assert.Equal("third", (await _receiver.ItemAsync(_id, _ => true))!.Name);
    }

    [Fact]
    public async Task A_batch_that_fails_and_shares_a_message_with_the_next_one_does_not_wait_for_it()
    {
        await _receiver.ExecuteAsync("ALTER TABLE entity_items ADD CONSTRAINT no_bad CHECK (name <> 'bad')");
        var again = Events.Of(_messageId, nameof(EntityItemCreated), 2, Encoding.UTF8.GetBytes(Events.Body(_id, "delivered twice")));
        await using (var held = await HoldFirstBatchAsync(again))
        {
            await held.WaitedForAsync("INSERT INTO inbox_messages");
        }

        var released = Stopwatch.GetTimestamp();
        await _receiver.SendLastAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(released), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal("first", (await _receiver.ItemAsync(_id, _ => true))!.Name);
        Assert.Contains("no_bad", Assert.Single(await _receiver.DeadLettersAsync(1)).Reason, StringComparison.Ordinal);
        Assert.Equal(4, await _receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages"));
    }

    /// <summary>
    /// Has two batches wait in the queue while a message alone is held, and then holds the first of them, "first" and "bad", in its effects.
    /// </summary>
    /// <returns>What holds it. The second batch is what is given.</returns>
    private async Task<DatabaseLock> HoldFirstBatchAsync(global::Amqp.Message third)
    {
        var first = await DatabaseLock.TakeAsync(_receiver.Database, "SELECT pg_advisory_xact_lock(1)");
        await using var table = await DatabaseLock.TakeAsync(_receiver.Database, "LOCK TABLE entity_items");
        await _receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "alone"));
        await table.WaitedForAsync("INSERT INTO entity_items");
        await _receiver.SendAsync(Events.Of(_messageId, nameof(EntityItemCreated), 1, Encoding.UTF8.GetBytes(Events.Body(_id, "first"))));
        await _receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "bad"));
        await _receiver.SendAsync(third);
        return first;
    }
}
