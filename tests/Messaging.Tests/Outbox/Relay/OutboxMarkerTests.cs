using System.Diagnostics.Metrics;
using Amqp.Framing;
using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Tests.Outbox.Relay;

[Collection(MessagingSuite.Name)]
public sealed class OutboxMarkerTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly OutboxOptions Options = new()
    {
        FirstRetryDelay = TimeSpan.FromMinutes(1),
        MaxRetryDelay = TimeSpan.FromMinutes(5),
    };

    private readonly Guid _first = Guid.CreateVersion7();
    private readonly Guid _second = Guid.CreateVersion7();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private OutboxTable _table = null!;
    private OutboxSession _session = null!;
    private OutboxMarker _marker = null!;

    public async Task InitializeAsync()
    {
        _table = await OutboxTable.CreateAsync(infrastructure);
        _session = await OutboxSession.OpenAsync(_table.Sessions, default);
        var metrics = new RelayMetrics(_services.GetRequiredService<IMeterFactory>());
        _marker = new(_session, [], new PoisonDetector(), Options, metrics, TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _table.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Only_messages_of_the_partitions_are_read()
    {
        await _table.AddManyAsync(64, aggregates: 64);
        var read = await PendingMessage.ReadAsync(_session, [3, 9], 0, 100, default);
        Assert.Equal([3, 9, 3, 9, 3, 9, 3, 9], read.Select(message => message.Partition));
    }

    [Fact]
    public async Task A_refused_message_makes_its_aggregate_wait_and_no_other()
    {
        await _table.AddAsync(_first, 1);
        await _table.AddAsync(_second, 1);
        await _table.AddAsync(_first, 2);
        var all = await ReadAsync();
        Assert.Equal([(_first, 1L), (_second, 1L), (_first, 2L)], all.Select(message => (message.AggregateId, message.AggregateVersion)));

        await _marker.MarkRefusedAsync(all[0], "too large");
        Assert.Equal([_second], (await ReadAsync()).Select(message => message.AggregateId));

        // Its time has come. It is read again, alone: nothing of its aggregate may overtake it.
        await Sql.ExecuteAsync(
            _table.Database, "UPDATE outbox_messages SET next_attempt_at = now() WHERE attempts = 1 AND last_error = 'too large'");
        var again = await ReadAsync();
        Assert.Equal(
            [(_first, 1L, true), (_second, 1L, false)],
            again.Select(message => (message.AggregateId, message.AggregateVersion, message.IsRetry)));

        await MarkAcceptedAsync(again[0]);
        Assert.Equal(
            [(_second, 1L), (_first, 2L)],
            (await ReadAsync()).Select(message => (message.AggregateId, message.AggregateVersion)));
    }

    [Fact]
    public async Task The_delay_between_attempts_doubles_up_to_the_longest_and_the_eighth_refusal_fails_the_message()
    {
        await _table.AddAsync(_first, 1);
        var message = Assert.Single(await ReadAsync());
        var delays = new List<double>();
        for (var attempt = 1; attempt <= 7; attempt++)
        {
            await _marker.MarkRefusedAsync(message, "refused");
            delays.Add(await Sql.ScalarAsync<double>(
                _table.Database, "SELECT round(extract(epoch FROM next_attempt_at - now()) / 60)::float8 FROM outbox_messages"));
        }

        Assert.Equal([1, 2, 4, 5, 5, 5, 5], delays);
        await _marker.MarkRefusedAsync(message, "refused for good");
        Assert.Equal("Failed 8 refused for good", await Sql.ScalarAsync<string>(
            _table.Database, "SELECT status || ' ' || attempts || ' ' || last_error FROM outbox_messages"));
        Assert.Equal(message.Id, (await Heartbeat.ReadAsync(_session, message.Id, default)).LowestOpenId);
    }

    [Fact]
    public async Task A_reason_that_PostgreSQL_cannot_store_is_stored_as_far_as_it_can_be()
    {
        await _table.AddAsync(_first, 1);
        await _marker.MarkRefusedAsync(Assert.Single(await ReadAsync()), "a\0b\ud800");
        Assert.Equal("a\ufffdb\ufffd", await Sql.ScalarAsync<string>(_table.Database, "SELECT last_error FROM outbox_messages"));
    }

    private Task<IReadOnlyList<PendingMessage>> ReadAsync() => PendingMessage.ReadAsync(_session, OutboxTable.All, 0, 100, default);

    private async Task MarkAcceptedAsync(PendingMessage message)
    {
        var delivery = new OutboxDelivery(message, null!);
        delivery.Complete(new Accepted());
        await _marker.MarkAcceptedAsync([delivery]);
    }
}
