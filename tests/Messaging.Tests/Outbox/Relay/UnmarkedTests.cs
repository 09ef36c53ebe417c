namespace Messaging.Tests.Outbox.Relay;

/// <summary>A database that takes no marks, while the broker takes messages.</summary>
[Collection(MessagingSuite.Name)]
public sealed class UnmarkedTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Messages = 20;

    private OutboxTable _table = null!;
    private BrokerWire _wire = null!;

    public async Task InitializeAsync()
    {
        _table = await OutboxTable.CreateAsync(infrastructure);
        _wire = new BrokerWire(infrastructure.Broker);
    }

    public async Task DisposeAsync()
    {
        await _wire.DisposeAsync();
        await _table.DisposeAsync();
    }

    /// <summary>The sequence counts the marks that fail, because it is not rolled back with them.</summary>
    [Fact]
    public async Task What_the_broker_has_accepted_is_not_sent_again_when_the_disk_is_full()
    {
        await _table.AddManyAsync(Messages, aggregates: Messages);
        await Sql.ExecuteAsync(_table.Database, """
            CREATE SEQUENCE failed_marks;
            CREATE FUNCTION fail_mark() RETURNS trigger AS $$
            BEGIN
                PERFORM nextval('failed_marks');
                RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full';
            END $$ LANGUAGE plpgsql;
            CREATE TRIGGER full_disk BEFORE UPDATE ON outbox_messages FOR EACH ROW EXECUTE FUNCTION fail_mark()
            """);
        await using var host = await OutboxHost.StartAsync(_table.Database, _wire.Address);
        await Eventually.GetAsync(
            () => Sql.ScalarAsync<long>(_table.Database, "SELECT last_value FROM failed_marks"), failures => failures >= 5);

        await Sql.ExecuteAsync(_table.Database, "DROP TRIGGER full_disk ON outbox_messages");
        await OutboxRows.SentAsync(_table.Database, Messages);
        Assert.Equal(Messages, _wire.Transfers);
    }

    /// <summary>The broker accepts while the database ends the relay's session.</summary>
    [Fact]
    public async Task Answers_that_come_after_the_session_is_lost_are_marked_in_the_next_one()
    {
        await using var host = await OutboxHost.StartAsync(_table.Database, _wire.Address);
        _wire.PauseNext(TimeSpan.FromSeconds(1));
        await _table.AddManyAsync(Messages, aggregates: Messages);
        await Eventually.GetAsync(() => Task.FromResult(_wire.Transfers), transfers => transfers == Messages);

        await EndSessionsAsync();
        await OutboxRows.SentAsync(_table.Database, Messages);
        Assert.Equal(Messages, _wire.Transfers);
    }

    [Fact]
    public async Task Nothing_is_published_while_the_database_is_read_only()
    {
        var writer = $"{_table.Database};Options=-c default_transaction_read_only=off";
        await using var database = TcpWire.ToDatabase(_table.Database, out var byWire);
        await using var host = await OutboxHost.StartAsync(byWire, _wire.Address);
        await SetReadOnlyAsync("on");
        await EndSessionsAsync();
        await OutboxRows.AddManyAsync(writer, Messages, aggregates: Messages);
        var before = database.Connections;
        await Eventually.GetAsync(() => Task.FromResult(database.Connections), connections => connections > before + 5);
        Assert.Equal(0, _wire.Transfers);

        await SetReadOnlyAsync("off");
        await OutboxRows.SentAsync(_table.Database, Messages);

        Task SetReadOnlyAsync(string value) => Sql.SetForDatabaseAsync(writer, "default_transaction_read_only", value);
    }

    /// <summary>Ends the relay's sessions, and waits for their end. New ones have the database's new settings.</summary>
    private Task<int> EndSessionsAsync() => Sql.ExecuteAsync(_table.Database, """
        SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'outbox-relay%'
        """);
}
