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

    public async Task InitializeAsync() =>
        _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:BatchSize=2", "Inbox:RetryDelay=00:00:00.01");

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task The_next_batch_is_recorded_while_one_is_applied_and_is_applied_after_it()
    {
        await using (var held = await DatabaseLock.TakeAsync(_receiver.Database, "LOCK TABLE entity_items"))
        {
            await SendFourAsync(third: Events.Created(Guid.CreateVersion7(), 1, "third"));
            await held.WaitedForAsync("INSERT INTO entity_items");
            await SessionsInTransactionAsync(2);
        }

        await _receiver.SendLastAsync();
        Assert.Equal("first", (await _receiver.ItemAsync(_id, _ => true))!.Name);
    }

    [Fact]
    public async Task A_batch_that_fails_and_shares_a_message_with_the_next_one_does_not_wait_for_it()
    {
        await _receiver.ExecuteAsync("ALTER TABLE entity_items ADD CONSTRAINT no_bad CHECK (name <> 'bad')");
        var started = Stopwatch.GetTimestamp();
        await using (var held = await DatabaseLock.TakeAsync(_receiver.Database, "LOCK TABLE entity_items"))
        {
            await SendFourAsync(Events.Of(_messageId, nameof(EntityItemCreated), 2, Encoding.UTF8.GetBytes(Events.Body(_id, "delivered twice"))));
            await held.WaitedForAsync("INSERT INTO entity_items");
            await SessionsInTransactionAsync(2);
        }

        await _receiver.SendLastAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal("first", (await _receiver.ItemAsync(_id, _ => true))!.Name);
        Assert.Contains("no_bad", Assert.Single(await _receiver.DeadLettersAsync(1)).Reason, StringComparison.Ordinal);
        Assert.Equal(4, await _receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages"));
    }

    /// <summary>One that holds the consumer; then two batches: a good one with a bad one, and what is given with a good one.</summary>
    private async Task SendFourAsync(global::Amqp.Message third)
    {
        await _receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "holds"));
        await _receiver.SendAsync(Events.Of(_messageId, nameof(EntityItemCreated), 1, Encoding.UTF8.GetBytes(Events.Body(_id, "first"))));
        await _receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "bad"));
        await _receiver.SendAsync(third);
    }

    private async Task SessionsInTransactionAsync(int count) => await Eventually.GetAsync(
        () => _receiver.ScalarAsync<long>("""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND xact_start IS NOT NULL AND (query LIKE 'INSERT INTO inbox%' OR query LIKE 'INSERT INTO entity%')
            """),
        sessions => sessions == count);
}
