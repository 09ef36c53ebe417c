
namespace ReceiverService.Tests.Inbox;

/// <summary>
/// A receiver process that ends at a known step. The test holds the step with a lock or on the wire, and sees that the receiver has reached
/// it. After each step, the next instance must finish with the exact projection.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class InboxCrashTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Entities = 5;
    private const int Versions = 8;
    private static readonly TimeSpan LongestExit = TimeSpan.FromSeconds(5);
    private readonly Guid[] _ids = [.. Enumerable.Range(0, Entities).Select(_ => Guid.CreateVersion7())];
    private readonly List<Guid> _messageIds = [];
    private RunningReceiver _producer = null!;
    private string _queue = "";

    /// <summary>Sends messages and migrates the database. Its own receiver listens to another queue.</summary>
    public async Task InitializeAsync()
    {
        _producer = await RunningReceiver.StartAsync(infrastructure);
        _queue = Infrastructure.NewQueue();
    }

    public async Task DisposeAsync() => await _producer.DisposeAsync();

    public static TheoryData<string, string, string> HeldSteps => new()
    {
        { "before the insert", "LOCK TABLE inbox_messages", "INSERT INTO inbox_messages" },
        { "after the insert", "LOCK TABLE entity_items", "INSERT INTO entity_items" },
        { "before the commit", "SELECT pg_advisory_xact_lock(1)", "COMMIT" },
    };

    [Theory]
    [MemberData(nameof(HeldSteps))]
    public async Task A_receiver_killed_in_its_transaction_loses_nothing_and_applies_nothing_twice(string step, string hold, string waitsIn)
    {
        await WaitAtCommitAsync();
        await using (var held = await DatabaseLock.TakeAsync(_producer.Database, hold))
        {
            await using var receiver = await StartAsync(infrastructure.Broker);
            await SendAsync();
            await held.WaitedForAsync(waitsIn);
            await receiver.KillAsync();
        }

        // A commit that was already sent may still succeed, although nobody reads the answer.
        Assert.True(waitsIn == "COMMIT" || await InboxCountAsync() == 0, $"Something was committed {step}.");
        await AssertNextInstanceFinishesExactlyAsync();
    }

    [Fact]
    public async Task A_receiver_killed_between_its_commit_and_its_acceptance_applies_nothing_twice()
    {
        var broker = new Uri(infrastructure.Broker);
        await using var wire = new TcpWire(broker.Host, broker.Port);
        await using (var receiver = await StartAsync(wire.Reroute(infrastructure.Broker)))
        {
            await AssertQueueIsDrainedAsync();
            wire.SwallowRequests();
            await SendAsync();
            await Eventually.GetAsync(InboxCountAsync, count => count == Entities * Versions);
            await receiver.KillAsync();
        }

        // A second delivery must not be applied again. Without the version guard a second effect would be visible.
        await _producer.ExecuteAsync("UPDATE entity_items SET version = 0, name = 'already applied'");
        await using var next = await StartAsync(infrastructure.Broker);
        await AssertQueueIsDrainedAsync();
        Assert.Equal(
            Entities,
            await _producer.ScalarAsync<long>($"SELECT count(*) FROM entity_items WHERE name = 'already applied' AND {Ours("id", _ids)}"));
        Assert.Equal(Entities * Versions, await InboxCountAsync());
    }

    [Fact]
    public async Task A_receiver_stopped_in_a_blocked_batch_ends_in_time_and_returns_all_messages()
    {
        await using (var held = await DatabaseLock.TakeAsync(_producer.Database, "LOCK TABLE entity_items"))
        {
            await using var receiver = await StartAsync(infrastructure.Broker);
            await SendAsync();
            await held.WaitedForAsync("INSERT INTO entity_items");
            var (exitCode, took) = await receiver.StopAsync();
            Assert.Equal(0, exitCode);
            Assert.True(took < LongestExit, $"It took {took}.");
        }

        await AssertNextInstanceFinishesExactlyAsync();
    }

    [Fact]
    public async Task A_receiver_stopped_at_work_ends_in_time_and_loses_nothing()
    {
        await using (var receiver = await StartAsync(infrastructure.Broker))
        {
            await SendAsync();
            var (exitCode, took) = await receiver.StopAsync();
            Assert.Equal(0, exitCode);
            Assert.True(took < LongestExit, $"It took {took}.");
        }

        await AssertNextInstanceFinishesExactlyAsync();
    }

    private Task<ServiceInstance> StartAsync(string broker) => ReceiverProcess.StartAsync(_producer.Database, broker, _queue);

    /// <summary>Makes commits wait for the advisory lock 1, if somebody holds it.</summary>
    private Task<int> WaitAtCommitAsync() => _producer.ExecuteAsync("""
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON inbox_messages DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
        """);

    private async Task SendAsync()
    {
        for (var version = 1; version <= Versions; version++)
        {
            var messages = _ids.Select(id => Events.Created(id, version, $"version {version}")).ToArray();
            _messageIds.AddRange(messages.Select(message => Guid.Parse(message.Properties.MessageId)));
            await Task.WhenAll(messages.Select(message => _producer.SendToAsync(_queue, message)));
        }
    }

    private async Task AssertNextInstanceFinishesExactlyAsync()
    {
        await using var receiver = await StartAsync(infrastructure.Broker);
        await Eventually.GetAsync(InboxCountAsync, count => count >= Entities * Versions);
        await AssertQueueIsDrainedAsync();
        Assert.Equal(Entities * Versions, await InboxCountAsync());
        foreach (var id in _ids)
        {
            var item = await _producer.ItemAsync(id, _ => true);
            Assert.Equal(($"version {Versions}", Versions), (item!.Name, item.Version));
        }

        Assert.Equal(0, await _producer.ScalarAsync<long>("SELECT count(*) FROM dead_letters"));
    }

    /// <summary>Sends one more message at the end. When it is applied, all messages before it have been processed.</summary>
    private async Task AssertQueueIsDrainedAsync()
    {
        var last = Guid.CreateVersion7();
        await _producer.SendToAsync(_queue, Events.Created(last, 1, "last"));
        await _producer.ItemAsync(last, item => item is not null);
    }

    private Task<long> InboxCountAsync() =>
        _producer.ScalarAsync<long>($"SELECT count(*) FROM inbox_messages WHERE {Ours("message_id", _messageIds)}");

    private static string Ours(string column, IEnumerable<Guid> ids) => $"{column} = ANY ('{{{string.Join(',', ids)}}}')";
}
