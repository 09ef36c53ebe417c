using Amqp;
using Messaging.Amqp;
using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;
using Messaging.Outbox.Sharing;
using Messaging.Outbox.WakeUp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Messaging.Tests.Outbox.Advanced;

/// <summary>
/// Messages that appear where nothing is expected any more. They are sent, a minute later at most. The test takes the relay's steps by
/// hand, by a clock of its own.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class LateMessagesTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private const string Insert = """
        INSERT INTO outbox_messages
            (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
        VALUES (gen_random_uuid(), 'Any', gen_random_uuid(), 1, 0, '{}', '{"correlationId": "late"}', now(), 'Pending', 0)
        """;

    private readonly FakeTimeProvider _time = new();
    private readonly string _queue = Infrastructure.NewQueue();
    private WebApplication _services = null!;
    private OutboxTable _table = null!;
    private AmqpLink<SenderLink> _link = null!;
    private OutboxSession _session = null!;
    private OutboxDispatcher _dispatcher = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={infrastructure.Broker}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<RelayMetrics>();
        _services = builder.Build();
        _link = await _services.Services.GetRequiredService<AmqpConnection>().OpenSenderAsync(_queue, default);
        _table = await OutboxTable.CreateAsync(infrastructure);
        _session = await OutboxSession.OpenAsync(_table.Sessions, default);
        var metrics = _services.Services.GetRequiredService<RelayMetrics>();

        // By the test's clock the broker is slow.
        var options = new OutboxOptions { Queue = _queue, Source = "/test", PublishTimeout = TimeSpan.FromMinutes(10) };
        _dispatcher = new(
            _session, _link, [], new PoisonDetector(), options, new OutboxSignal(_time), metrics, _time, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        _dispatcher.Dispose();
        await _session.DisposeAsync();
        await _link.DisposeAsync();
        await _services.DisposeAsync();
        await _table.DisposeAsync();
    }

    /// <summary>A transaction that is prepared for a two-phase commit belongs to no session any more.</summary>
    [Fact]
    public async Task A_message_of_a_transaction_that_stays_prepared_for_a_minute_is_sent()
    {
        await using var writer = new NpgsqlConnection(_table.Database);
        await writer.OpenAsync();
        await using var write = new NpgsqlCommand($"BEGIN; {Insert}; PREPARE TRANSACTION 'of this test'", writer);
        await write.ExecuteNonQueryAsync();
        await _table.AddManyAsync(10, aggregates: 10);
        await AssertSentInAMinuteAsync(10);

        await Sql.ExecuteAsync(_table.Database, "COMMIT PREPARED 'of this test'");
        await AssertSentInAMinuteAsync(11);
    }

    /// <summary>Each session takes fifty ids in advance. So it may use a low one long after another session has used a high one.</summary>
    [Fact]
    public async Task Messages_of_sessions_that_take_ids_in_advance_are_sent()
    {
        await Sql.ExecuteAsync(_table.Database, "ALTER TABLE outbox_messages ALTER COLUMN id SET CACHE 50");
        await using var early = new NpgsqlConnection(_table.Database);
        await using var late = new NpgsqlConnection(_table.Database);
        await early.OpenAsync();
        await late.OpenAsync();
        for (var sent = 0; sent < 4; sent += 2)
        {
            await InsertAsync(early);
            await AssertSentInAMinuteAsync(sent + 1);
            await InsertAsync(late);
            await AssertSentInAMinuteAsync(sent + 2);
        }

        Assert.Equal((long[])[1, 2, 51, 52], await Sql.ScalarAsync<long[]>(
            _table.Database, "SELECT array_agg(id ORDER BY id) FROM outbox_messages"));
    }

    /// <summary>Two messages then have the same id. To mark one must not mark the other.</summary>
    [Fact]
    public async Task Messages_whose_ids_come_again_because_the_sequence_was_reset_are_all_sent()
    {
        await _table.AddManyAsync(10, aggregates: 10);
        await AssertSentInAMinuteAsync(10);
        await _table.AddManyAsync(5, aggregates: 5);
        await Sql.ExecuteAsync(_table.Database, "ALTER TABLE outbox_messages ALTER COLUMN id RESTART");
        await _table.AddManyAsync(20, aggregates: 20);
        Assert.Equal(10, await OutboxRows.CountAsync(_table.Database, "Sent"));

        await AssertSentInAMinuteAsync(35);
        Assert.Equal(35, (await QueueReader.IdsAsync(infrastructure, _queue, 35)).Distinct().Count());
    }

    /// <summary>The other relay is not there any more when somebody sets its messages back. This relay knows nothing of them.</summary>
    [Fact]
    public async Task Messages_of_partitions_that_are_taken_over_are_sent_wherever_they_are()
    {
        await using (await OutboxSession.OpenAsync(_table.Sessions, default))
        {
            await _table.AddManyAsync(32, aggregates: 16);
            await AssertSentInAMinuteAsync(16);
            await Sql.ExecuteAsync(_table.Database, "UPDATE outbox_messages SET status = 'Sent', sent_at = now() WHERE partition >= 8");
            await BeatAsync(2);
            await Sql.ExecuteAsync(
                _table.Database, "UPDATE outbox_messages SET status = 'Pending', sent_at = NULL WHERE partition >= 8 AND id <= 16");
        }

        await Eventually.GetAsync(
            () => Sql.ScalarAsync<long>(_table.Database, $"SELECT relays FROM ({OutboxLocks.CountRelays}) AS live (relays)"),
            relays => relays == 1);
        await BeatAsync(2);
        await AssertSentAsync(32);
    }

    private static async Task InsertAsync(NpgsqlConnection session)
    {
        await using var insert = new NpgsqlCommand(Insert, session);
        await insert.ExecuteNonQueryAsync();
    }

    private async Task AssertSentInAMinuteAsync(int count)
    {
        await BeatAsync(61);
        await AssertSentAsync(count);
    }

    private async Task BeatAsync(int times)
    {
        for (; times > 0; times--)
        {
            _time.Advance(Beat);
            await _dispatcher.DispatchAsync(default);
        }
    }

    /// <summary>The relay's clock goes on slowly, until the broker has answered.</summary>
    private async Task AssertSentAsync(int count)
    {
        await Eventually.GetAsync(
            async () =>
            {
                _time.Advance(OutboxPublisher.MarkDelay);
                await _dispatcher.DispatchAsync(default);
                return await OutboxRows.CountAsync(_table.Database, "Sent");
            },
            sent => sent == count);
    }
}
