using System.Diagnostics;
using Amqp;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReceiverService.EntityItems;
using ReceiverService.Tests.Wires;

namespace ReceiverService.Tests.Inbox;

/// <summary>
/// The cost of a batch, and what happens after it fails. The tests count with sequences, because a rollback does not reset them.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxProcessorTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int BatchSize = 64;
    private readonly Guid[] _ids = [.. Enumerable.Range(0, BatchSize).Select(_ => Guid.CreateVersion7())];
    private RunningReceiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:RetryDelay=00:00:00.01", "Inbox:Attempts=3");
        await _receiver.ExecuteAsync("""
            CREATE SEQUENCE transactions; CREATE SEQUENCE attempts;
            CREATE FUNCTION count_transaction() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM nextval(''transactions''); RETURN NULL; END';
            CREATE TRIGGER count BEFORE INSERT ON inbox_messages FOR EACH STATEMENT EXECUTE FUNCTION count_transaction();
            """);
    }

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_batch_costs_no_more_than_four_round_trips()
    {
        var server = new NpgsqlConnectionStringBuilder(_receiver.Database);
        await using var wire = new RoundTripWire(server.Host!, server.Port);
        (server.Port, server.Host, server.SslMode) = (wire.Port, "127.0.0.1", SslMode.Disable);
        await using var receiver = new ServiceHost<EntityItem>(
            $"ConnectionStrings:receiverdb={server.ConnectionString}",
            $"ConnectionStrings:artemis={infrastructure.Broker}",
            $"Inbox:Queue={Infrastructure.NewQueue()}");

        // After its first pass the retention waits for minutes. Nothing else uses the database.
        await _receiver.ExecuteAsync(
            "INSERT INTO inbox_messages VALUES (gen_random_uuid(), 'test', NULL, NULL, now() - interval '8 days')");
        receiver.Start();
        await receiver.WaitUntilHealthyAsync();
        await Eventually.GetAsync(InboxCountAsync, rows => rows == 0);
        await ProcessAsync([Events.Created(Guid.CreateVersion7(), 1, "warms up")], receiver.Services);
        var before = wire.Count;

        // New entities, versions of one entity, and messages that cannot be read.
        var messages = _ids.Select((id, i) => Events.Created(_ids[i / 2], i, "name")).ToArray();
        messages[3].Properties.Subject = "Unknown";
        messages[7].Properties.Subject = "Unknown";
        await ProcessAsync(messages, receiver.Services);

        Assert.InRange(wire.Count - before, 1, 4);
        Assert.Equal(1 + BatchSize, await InboxCountAsync());
        Assert.Equal(2, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task A_message_that_makes_its_batch_fail_is_found_by_halving()
    {
        await FailAsync("23514");
        await ProcessAsync(Batch("good", bad: 37));

        // The whole batch, two parts of each size down to one, then the other attempts and the dead letter.
        Assert.Equal(1 + (2 * 6) + 2 + 1, await CountAsync("transactions"));
        Assert.Equal(3, await CountAsync("attempts") - 6);
        Assert.Equal(BatchSize - 1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM entity_items"));
        Assert.Equal(BatchSize, await InboxCountAsync());
        Assert.Equal(1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters WHERE reason LIKE '%bad%'"));
    }

    [Fact]
    public async Task Halving_leaves_no_failure_in_the_trace_of_a_good_message()
    {
        using var spans = new RecordedSpans(InboxExtensions.TelemetryName);
        await FailAsync("23514");
        var batch = Batch("good", bad: 37);
        await ProcessAsync(batch);

        // The spans of the bad message fail in each of its attempts alone, and as a dead letter. Its span in a larger batch does not fail.
        var ofMessages = spans.All.Where(
            span => batch.Any(message => message.Properties.MessageId == $"{span.GetTagItem("messaging.message.id")}"));
        var failed = ofMessages.Where(span => span.Status == ActivityStatusCode.Error).ToArray();
        Assert.Equal(3 + 1, failed.Length);
        Assert.All(failed, span => Assert.Equal(batch[37].Properties.MessageId, $"{span.GetTagItem("messaging.message.id")}"));
    }

    [Fact]
    public async Task A_handler_that_succeeds_at_its_last_attempt_leaves_no_dead_letter()
    {
        await FailAsync("23514", unless: "nextval('attempts') > 2");
        await ProcessAsync(Batch("good", bad: 0)[..1]);
        Assert.Equal(3, await CountAsync("attempts"));
        Assert.Equal(1, await _receiver.ScalarAsync<long>("SELECT count(*) FROM entity_items"));
        Assert.Equal(0, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task A_transient_failure_causes_no_halving_no_second_attempt_and_no_dead_letter()
    {
        await FailAsync("40001");
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ProcessAsync(Batch("good", bad: 37)));
        Assert.Equal("40001", failure.SqlState);
        Assert.Equal(1, await CountAsync("transactions"));
        Assert.Equal(0, await InboxCountAsync());
        Assert.Equal(0, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Many_messages_that_fail_wait_together()
    {
        await FailAsync("23514");
        await ProcessAsync([.. _ids.Select(id => Events.Created(id, 1, "bad"))]);
        Assert.Equal(BatchSize, await _receiver.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
        Assert.Equal(BatchSize, await InboxCountAsync());
    }

    /// <summary>Makes the projection of an entity named "bad" fail.</summary>
    private Task<int> FailAsync(string sqlState, string unless = "nextval('attempts') < 0") => _receiver.ExecuteAsync($"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NOT {unless} THEN RAISE 'bad' USING ERRCODE = '{sqlState}'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON entity_items FOR EACH ROW WHEN (NEW.name = 'bad') EXECUTE FUNCTION fail();
        """);

    private Message[] Batch(string name, int bad) => [.. _ids.Select((id, i) => Events.Created(id, 1, i == bad ? "bad" : name))];

    private Task ProcessAsync(Message[] messages) => ProcessAsync(messages, _receiver.Services);

    private static Task ProcessAsync(Message[] messages, IServiceProvider services)
    {
        var handler = new EntityItemProjection(null!);
        return services.GetRequiredService<InboxProcessor>()
            .ProcessAsync(Array.ConvertAll(messages, message => IncomingMessage.Read(message, handler)), default);
    }

    private Task<long> InboxCountAsync() => _receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages");

    /// <summary>Number of values that a sequence has given.</summary>
    private Task<long> CountAsync(string sequence) =>
        _receiver.ScalarAsync<long>($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}");
}
