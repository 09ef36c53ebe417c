using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Messaging.Inbox.Consuming;
using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>What one batch costs, and what is done about one that fails. Sequences count, as they do not go back with a transaction.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxProcessorTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int BatchSize = 64;
    private readonly Guid[] _ids = [.. Enumerable.Range(0, BatchSize).Select(_ => Guid.CreateVersion7())];
    private RunningReceiver _receiver = null!;
    private NpgsqlConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:RetryDelay=00:00:00.01", "Inbox:Attempts=3");
        await _receiver.ExecuteAsync("""
            CREATE SEQUENCE transactions; CREATE SEQUENCE attempts;
            CREATE FUNCTION count_transaction() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''transactions''); RETURN NULL; END';
            CREATE TRIGGER count BEFORE INSERT ON inbox_messages FOR EACH STATEMENT EXECUTE FUNCTION count_transaction();
            """);
        _connection = new NpgsqlConnection($"{_receiver.Database};Pooling=false");
        await _connection.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_costs_no_more_than_four_round_trips()
    {
        var server = new NpgsqlConnectionStringBuilder(_receiver.Database);
        var count = new FrameCount();
        await using var wire = new CountingWire(server.Host!, server.Port, count.OfRoundTrips);
        (server.Port, server.Host, server.SslMode, server.Pooling) = (wire.Port, "127.0.0.1", SslMode.Disable, false);
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        var before = count.Value;

        // New ones, versions of one entity, and some that cannot be read.
        var messages = _ids.Select((id, i) => Events.Created(_ids[i / 2], i, "name")).ToArray();
        messages[3].Properties.Subject = "Unknown";
        messages[7].Properties.Subject = "Unknown";
        await ProcessAsync(messages.Select(IncomingMessage.Read), connection);

        Assert.InRange(count.Value - before, 1, 4);
        Assert.Equal(BatchSize, await InboxCountAsync());
        Assert.Equal(2, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task A_message_that_spoils_the_batch_is_found_by_halving()
    {
        await FailAsync("23514");
        await ProcessAsync(Batch("good", bad: 37), _connection);

        // The whole, two of each size down to one; then its attempts, and its letter.
        Assert.Equal(1 + (2 * 6) + 2 + 1, await CountAsync("transactions"));
        Assert.Equal(3, await CountAsync("attempts") - 6);
        Assert.Equal(BatchSize - 1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM entity_items"));
        Assert.Equal(BatchSize, await InboxCountAsync());
        Assert.Equal(1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters WHERE reason LIKE '%bad%'"));
    }

    [Fact]
    public async Task Halving_leaves_no_failure_in_the_trace_of_a_good_message()
    {
        using var spans = new RecordedSpans(InboxTelemetry.Name);
        await FailAsync("23514");
        var batch = Batch("good", bad: 37);
        await ProcessAsync(batch, _connection);

        // The bad one has failed alone, at each of its attempts and as a dead letter; with others, those batches have.
        var ofMessages = spans.All.Where(span => batch.Any(message => message.MessageId.Equals(span.GetTagItem("messaging.message.id")))).ToArray();
        var failed = ofMessages.Where(span => span.Status == ActivityStatusCode.Error).ToArray();
        Assert.Equal(3 + 1, failed.Length);
        Assert.All(failed, span => Assert.Equal(batch[37].MessageId, span.GetTagItem("messaging.message.id")));
        var batches = ofMessages.SelectMany(span => span.Links).Select(link => link.Context.SpanId).ToHashSet();
        Assert.Equal(6, spans.All.Count(span => batches.Contains(span.SpanId) && span.Status == ActivityStatusCode.Error));
    }

    [Fact]
    public async Task A_handler_that_succeeds_at_its_last_attempt_leaves_no_dead_letter()
    {
        await FailAsync("23514", unless: "nextval('attempts') > 2");
        await ProcessAsync(Batch("good", bad: 0)[..1], _connection);
        Assert.Equal(3, await CountAsync("attempts"));
        Assert.Equal(1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM entity_items"));
        Assert.Equal(0, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task A_transient_failure_is_neither_halved_nor_tried_again_nor_a_dead_letter()
    {
        await FailAsync("40001");
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ProcessAsync(Batch("good", bad: 37), _connection));
        Assert.Equal("40001", failure.SqlState);
        Assert.Equal(1, await CountAsync("transactions"));
        Assert.Equal(0, await InboxCountAsync());
        Assert.Equal(0, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Many_that_fail_wait_together()
    {
        await FailAsync("23514");
        await ProcessAsync([.. _ids.Select(id => Events.Created(id, 1, "bad"))], _connection);
        Assert.Equal(BatchSize, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
        Assert.Equal(BatchSize, await InboxCountAsync());
    }

    /// <summary>Has the projection of an entity named "bad" fail.</summary>
    private Task<int> FailAsync(string sqlState, string unless = "nextval('attempts') < 0") => _receiver.ExecuteAsync($"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NOT {unless} THEN RAISE 'bad' USING ERRCODE = '{sqlState}'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON entity_items FOR EACH ROW WHEN (NEW.name = 'bad') EXECUTE FUNCTION fail();
        """);

    private IncomingMessage[] Batch(string name, int bad) =>
        [.. _ids.Select((id, i) => IncomingMessage.Read(Events.Created(id, 1, i == bad ? "bad" : name)))];

    private Task ProcessAsync(IEnumerable<global::Amqp.Message> messages, NpgsqlConnection connection) =>
        ProcessAsync(messages.Select(IncomingMessage.Read), connection);

    private Task ProcessAsync(IEnumerable<IncomingMessage> messages, NpgsqlConnection connection) =>
        _receiver.Services.GetRequiredService<InboxProcessor>().ProcessAsync(messages.ToArray(), connection, default);

    private Task<long> InboxCountAsync() => _receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages");

    /// <summary>How often a sequence was asked.</summary>
    private Task<long> CountAsync(string sequence) =>
        _receiver.ScalarAsync<long>($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}");
}
