using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;
using Messaging.Tests.Outbox.Relay;
using Npgsql;

namespace Messaging.Tests.Outbox.Advanced;

/// <summary>Where passes begin. The database is real, because the position depends on what PostgreSQL reports about writers.</summary>
[Collection(MessagingSuite.Name)]
public sealed class ReadPositionTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly ReadPosition _position = new();
    private OutboxTable _table = null!;
    private OutboxSession _session = null!;

    public async Task InitializeAsync()
    {
        _table = await OutboxTable.CreateAsync(infrastructure);
        _session = await OutboxSession.OpenAsync(_table.Sessions, default);
    }

    public async Task DisposeAsync()
    {
        await _session.DisposeAsync();
        await _table.DisposeAsync();
    }

    [Fact]
    public async Task A_pass_begins_where_nothing_new_can_appear_below()
    {
        await PublishAllAsync(100);
        _position.StartPass();
        Assert.Equal(0, _position.Next);

        // The ids were seen, nobody writes any more, and one more pass has read everything. From then on nothing below is read again.
        await SettleAsync();
        _position.StartPass();
        Assert.Equal(100, _position.Next);
        _position.StartFullPass();
        Assert.Equal(100, _position.Next);
    }

    [Fact]
    public async Task A_row_with_a_lower_id_that_is_committed_later_is_found_by_the_next_pass()
    {
        await using var late = await BeginAsync();
        await PublishAllAsync(100);
        await SettleAsync();
        Assert.Empty(await PassAsync());

        await late.Transaction.CommitAsync();
        Assert.Equal([1L], (await PassAsync()).Select(message => message.Id));
    }

    [Fact]
    public async Task A_row_that_is_rolled_back_delays_nothing()
    {
        await using (var late = await BeginAsync())
        {
            await PublishAllAsync(100);
            await SettleAsync();
            _position.StartPass();
            Assert.Equal(0, _position.Next);
        }

        await SettleAsync();
        _position.StartPass();
        Assert.Equal(101, _position.Next);
    }

    [Fact]
    public async Task What_waits_below_is_read_by_full_passes_only_and_a_sweep_reads_all()
    {
        await _table.AddManyAsync(50, aggregates: 50);
        await Sql.ExecuteAsync(
            _table.Database, "UPDATE outbox_messages SET attempts = 1, next_attempt_at = now() + interval '1 hour' WHERE id = 10");
        await PublishAllAsync(0);
        await SettleAsync();

        _position.StartPass();
        Assert.Equal(50, _position.Next);
        _position.StartFullPass();
        Assert.Equal(10, _position.Next);
        _position.ForgetLowestOpenId();
        _position.StartFullPass();
        Assert.Equal(0, _position.Next);
    }

    /// <summary>An old snapshot keeps sent rows from being vacuumed. The cost of a pass must not depend on it.</summary>
    [Fact]
    public async Task Sent_rows_that_an_old_snapshot_keeps_are_not_read_again()
    {
        await _table.AddAsync(Guid.CreateVersion7(), 1);
        await using var old = await BeginAsync(writing: false);
        await PublishAllAsync(20_000);
        await SettleAsync();
        await Sql.ExecuteAsync(_table.Database, "VACUUM outbox_messages");

        var fromStart = await BuffersAsync(0);
        _position.StartPass();
        var fromPosition = await BuffersAsync(_position.Next);
        Assert.True(fromStart > 500, $"Reading from the start touched {fromStart} pages: there is nothing to save.");
        Assert.True(fromPosition < 20, $"Reading from the position touched {fromPosition} pages.");
    }

    private async Task PublishAllAsync(int more)
    {
        await _table.AddManyAsync(more, aggregates: 10);
        var read = await PassAsync();
        await _session.ExecuteAsync(
            OutboxMarker.MarkSent,
            default,
            ("ids", read.Select(message => message.Id).ToArray()),
            ("versions", read.Select(message => message.RowVersion).ToArray()));
    }

    private async Task<IReadOnlyList<PendingMessage>> PassAsync()
    {
        _position.StartPass();
        var read = await PendingMessage.ReadAsync(_session, OutboxTable.All, _position.Next, 100_000, default);
        _position.Advance(read.Count == 0 ? null : read[^1].Id, isAtEnd: true);
        return read;
    }

    /// <summary>The work of two seconds: two heartbeats, and a pass after them.</summary>
    private async Task SettleAsync()
    {
        _position.Learn(await Heartbeat.ReadAsync(_session, _position.LowestOpenId, default));
        _position.Learn(await Heartbeat.ReadAsync(_session, _position.LowestOpenId, default));
        await PassAsync();
        _position.Learn(await Heartbeat.ReadAsync(_session, _position.LowestOpenId, default));
    }

    /// <summary>A transaction that stays open. It has the lowest id, or only a snapshot.</summary>
    private async Task<OpenTransaction> BeginAsync(bool writing = true)
    {
        var connection = new NpgsqlConnection(_table.Database);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var sql = writing
            ? """
              INSERT INTO outbox_messages
                  (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
              VALUES (gen_random_uuid(), 'Late', gen_random_uuid(), 1, 3, '{}', '{"correlationId": "late"}', now(), 'Pending', 0)
              """
            : "SELECT count(*) FROM outbox_messages";
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
        return new OpenTransaction(connection, transaction);
    }

    /// <summary>Number of pages that the relay's read touches.</summary>
    private Task<long> BuffersAsync(long from) => RelayPlan.BuffersAsync(_table.Database, from);

    private sealed record OpenTransaction(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
