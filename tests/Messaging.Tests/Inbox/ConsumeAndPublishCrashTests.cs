namespace Messaging.Tests.Inbox;

/// <summary>
/// A service that consumes and publishes, killed at a known step. The test holds the step from outside, and sees that it is reached.
/// Whatever the step, the next instance neither loses nor doubles an order or its confirmation.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class ConsumeAndPublishCrashTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Orders = 20;
    private readonly Guid[] _ids = [.. Enumerable.Range(0, Orders).Select(_ => Guid.CreateVersion7())];
    private OrderSystem _system = null!;

    /// <summary>Migrates the database by a service that consumes nothing: it is stopped before the test sends.</summary>
    public async Task InitializeAsync()
    {
        _system = await OrderSystem.CreateAsync(infrastructure);
        await using var migrating = await _system.StartAsync();
    }

    public async Task DisposeAsync() => await _system.DisposeAsync();

    public static TheoryData<string, string> HeldSteps => new()
    {
        // Before the record, after it, after the entity, before the commit, and after the publishing.
        { "LOCK TABLE inbox_messages", "INSERT INTO inbox_messages" },
        { "LOCK TABLE orders", "SELECT" },
        { "LOCK TABLE outbox_messages IN SHARE MODE", "INSERT INTO outbox_messages" },
        { "SELECT pg_advisory_xact_lock(1)", "COMMIT" },
        { "SELECT pg_advisory_xact_lock(2)", "UPDATE outbox_messages" },
    };

    [Theory]
    [MemberData(nameof(HeldSteps))]
    public async Task Killed_at_a_step_it_neither_loses_nor_doubles(string hold, string waitsIn)
    {
        await AddGatesAsync();

        // The service first: a relay that the lock keeps from its work is not healthy for long.
        await using (var service = await _system.StartProcessAsync())
        await using (var held = await DatabaseLock.TakeAsync(_system.Database, hold))
        {
            await PlaceAsync(_ids);
            await held.WaitedForAsync(waitsIn);
            await service.KillAsync();
        }

        // A commit or a mark that was sent before the kill may still happen.
        var (recorded, outgoing) = (await _system.CountAsync("inbox_messages"), await _system.CountAsync("outbox_messages"));
        Assert.True(
            waitsIn is "COMMIT" or "UPDATE outbox_messages" || (recorded, outgoing) == (0, 0),
            $"{recorded} are recorded, {outgoing} are outgoing.");
        await AssertNextInstanceFinishesExactlyAsync();
    }

    [Fact]
    public async Task Killed_after_the_commit_before_it_accepts_and_publishes_it_neither_loses_nor_doubles()
    {
        var broker = new Uri(infrastructure.Broker);
        await using var wire = new TcpWire(broker.Host, broker.Port);
        await using (var service = await _system.StartProcessAsync(wire.Reroute(infrastructure.Broker)))
        {
            await _system.PlaceAsync(_ids[0], 1);
            await Eventually.GetAsync(() => _system.CountAsync("outbox_messages WHERE status = 'Sent'"), sent => sent == 1);
            wire.SwallowRequests();
            await PlaceAsync(_ids[1..]);
            await Eventually.GetAsync(() => _system.CountAsync("inbox_messages"), recorded => recorded == Orders);
            await service.KillAsync();
        }

        Assert.Equal(Orders - 1, await _system.CountAsync("outbox_messages WHERE status = 'Pending'"));
        await AssertNextInstanceFinishesExactlyAsync();
    }

    /// <summary>Makes commits of the inbox wait for the advisory lock 1, and marks of the relay for 2, while somebody holds them.</summary>
    private Task<int> AddGatesAsync() => Sql.ExecuteAsync(_system.Database, """
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON inbox_messages DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait(1);
        CREATE TRIGGER wait BEFORE UPDATE ON outbox_messages FOR EACH STATEMENT EXECUTE FUNCTION wait(2);
        """);

    private Task PlaceAsync(IEnumerable<Guid> ids) => Task.WhenAll(ids.Select(id => _system.PlaceAsync(id, 1)));

    private async Task AssertNextInstanceFinishesExactlyAsync()
    {
        await using var next = await _system.StartProcessAsync();

        // One more order comes last. All before it are processed by then.
        var last = Guid.CreateVersion7();
        await _system.PlaceAsync(last, 1);
        await Eventually.GetAsync(() => _system.CountAsync($"orders WHERE id = '{last}'"), count => count == 1);
        await Eventually.GetAsync(() => _system.CountAsync("outbox_messages WHERE status <> 'Sent'"), unsent => unsent == 0);
        Assert.Equal(Orders + 1, await _system.CountAsync("inbox_messages"));
        Assert.Equal(Orders + 1, await _system.CountAsync("orders WHERE version = 1"));
        Assert.Equal(0, await _system.CountAsync("dead_letters"));

        // A message that was published and not marked is published again, with the same id: no consumer takes it for another one.
        var confirmed = (await _system.ReceiveAllAsync()).DistinctBy(message => message.Properties.MessageId);
        Assert.Equal(_ids.Append(last).Order(), confirmed.Select(message => Guid.Parse(message.Properties.GroupId)).Order());
        Assert.Equal(Orders + 1, await _system.CountAsync("outbox_messages"));
    }
}
