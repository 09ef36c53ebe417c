using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Sharing;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>
/// Several instances on one database, which share the work. They are processes in tests that kill one. A relay that follows the log does not
/// share: see <see cref="Wal.LogTakeOverTests"/>.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class ManyRelaysTests(Infrastructure infrastructure)
{
    private const int Messages = 20_000;
    private const int Aggregates = 200;
    private const string Polls = "Outbox:Relay=Polling";

    private const string CutRelays =
        $"SELECT count(pg_terminate_backend(pid)) FROM (SELECT DISTINCT \"Pid\" AS pid FROM ({OutboxLocks.Owners}) AS owners) AS relays";

    /// <summary>Longest time from the end or the silence of a relay until another one has its partitions.</summary>
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Three_relays_share_the_partitions_and_publish_everything_in_order()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        await using var first = Start(database, queue);
        await using var second = Start(database, queue);
        await using var third = Start(database, queue);
        var shares = await SharesAsync(database, shares => shares.Count == 3 && shares.Values.All(share => share is >= 4 and <= 6));

        await MarkAudit.StartAsync(database);
        await OutboxRows.AddManyAsync(database, Messages, Aggregates);
        await AssertAllInOrderAsync(queue);
        await AllAreSentAsync(database);
        Assert.Equal(0, await MarkAudit.MarkedTwiceAsync(database));
        foreach (var pid in shares.Keys)
        {
            Assert.True(await MarkAudit.MarkedByAsync(database, pid) > 0, "A relay was idle while the others worked.");
        }
    }

    [Fact]
    public async Task The_partitions_of_a_dead_and_a_paused_relay_are_taken_over_and_the_paused_one_marks_nothing_of_them()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        await using var survivor = Start(database, queue);
        var survivorPid = (await SharesAsync(database, shares => shares.Count == 1)).Keys.Single();
        await using var paused = Start(database, queue);
        var pausedPid = (await SharesAsync(database, shares => shares.Count == 2)).Keys.Single(pid => pid != survivorPid);
        await using var killed = Start(database, queue);
        await SharesAsync(database, shares => shares.Count == 3);

        await MarkAudit.StartAsync(database);
        await OutboxRows.AddManyAsync(database, Messages, Aggregates);
        await Eventually.GetAsync(() => MarkAudit.MarkedByAsync(database, pausedPid), marked => marked > 0);
        await paused.PauseAsync();
        await killed.KillAsync();
        Assert.True(await OutboxRows.CountAsync(database, "Pending") > 0, "Everything was sent before anything broke.");

        var left = await SharesAsync(database, shares => shares is { Count: 1 } && shares.Values.Single() == 16, TakeOver);
        Assert.Equal(survivorPid, left.Keys.Single());
        var marked = await MarkAudit.MarkedByAsync(database, pausedPid);
        await paused.ResumeAsync();
        await AllAreSentAsync(database);
        await AssertAllInOrderAsync(queue);
        Assert.Equal(marked, await MarkAudit.MarkedByAsync(database, pausedPid));
        Assert.Equal(0, await MarkAudit.MarkedTwiceAsync(database));

        // The paused relay has noticed it, and gets its share again.
        var shares = await SharesAsync(database, shares => shares.Count == 2);
        Assert.DoesNotContain(pausedPid, shares.Keys);
    }

    [Fact]
    public async Task A_session_that_is_cut_while_messages_are_in_flight_loses_none_and_marks_none_twice()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure, null, "Outbox:BatchSize=100", "Outbox:MaxInFlight=100");
        await MarkAudit.StartAsync(sender.Database);
        await OutboxRows.AddManyAsync(sender.Database, Messages, Aggregates);
        for (var cut = 1; cut <= 3; cut++)
        {
            var sent = cut * 2_000;
            await Eventually.GetAsync(() => OutboxRows.CountAsync(sender.Database, "Sent"), count => count >= sent);
            Assert.True(await Sql.ScalarAsync<long>(sender.Database, CutRelays) > 0);
        }

        Assert.True(await OutboxRows.CountAsync(sender.Database, "Pending") > 0, "Everything was sent before the last cut.");
        await AssertAllInOrderAsync(sender.Queue);
        await OutboxRows.SentAsync(sender.Database, Messages);
        Assert.Equal(0, await MarkAudit.MarkedTwiceAsync(sender.Database));
    }

    [Fact]
    public async Task The_outbox_shows_which_instance_has_which_partitions()
    {
        await using var first = await RunningSender.StartAsync(infrastructure, null, Polls, "OTEL_SERVICE_NAME=sender");
        await using var second = await RunningSender.StartAnotherAsync(infrastructure, first, Polls, "OTEL_SERVICE_NAME=sender-2");
        var outbox = await Eventually.GetAsync(
            () => first.Client.GetFromJsonAsync<OutboxResponse>("/api/outbox"),
            outbox => outbox!.Relays.Select(relay => relay.Partitions.Count).SequenceEqual([8, 8]));
        Assert.Equal(["outbox-relay of sender", "outbox-relay of sender-2"], outbox!.Relays.Select(relay => relay.Name));
        Assert.Equal(Enumerable.Range(0, 16), outbox.Relays.SelectMany(relay => relay.Partitions).Order());
    }

    /// <summary>
    /// The relays poll once a minute. So if one instance soon publishes what another has committed, a NOTIFY was the reason.
    /// </summary>
    [Fact]
    public async Task A_commit_wakes_the_relay_of_another_instance()
    {
        const string NoPolling = "Outbox:PollInterval=00:01:00";
        await using var first = await RunningSender.StartAsync(infrastructure, null, Polls, NoPolling);
        await using var second = await RunningSender.StartAnotherAsync(infrastructure, first, Polls, NoPolling);
        await SharesAsync(first.Database, shares => shares.Count == 2 && shares.Values.All(share => share == 8));

        await AssertSentLongBeforeAPollAsync(first);
    }

    [Fact]
    public async Task A_commit_at_an_instance_without_a_broker_wakes_the_relay_that_took_over()
    {
        const string NoPolling = "Outbox:PollInterval=00:01:00";
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var first = await RunningSender.StartAsync(infrastructure, wire.Address, Polls, NoPolling);
        await using var second = await RunningSender.StartAnotherAsync(infrastructure, first, Polls, NoPolling);
        await SharesAsync(first.Database, shares => shares.Count == 2 && shares.Values.All(share => share == 8));
        wire.Cut();
        await SharesAsync(first.Database, shares => shares is { Count: 1 } && shares.Values.Single() == 16, TakeOver);

        await AssertSentLongBeforeAPollAsync(first);
    }

    /// <summary>
    /// Sends one message after another. A relay that is woken for one message would also find messages without a wake-up.
    /// </summary>
    private static async Task AssertSentLongBeforeAPollAsync(RunningSender sender)
    {
        for (var i = 1; i <= 32; i++)
        {
            using var created = await sender.Client.PostAsJsonAsync("/api/EntityItems", new { name = $"item {i}", value = 1m });
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            await OutboxRows.SentAsync(sender.Database, i, TimeSpan.FromSeconds(20));
        }
    }

    private ServiceInstance Start(string database, string queue) => ServiceInstance.Start(
        RunningSender.Service,
        [.. RunningSender.Settings(database, infrastructure.Broker, queue), Polls, "Outbox:BatchSize=100", "Outbox:MaxInFlight=100"]);

    /// <summary>Number of partitions of each relay, by the process id of its session.</summary>
    private static Task<IReadOnlyDictionary<int, int>> SharesAsync(
        string database, Predicate<IReadOnlyDictionary<int, int>> condition, TimeSpan? deadline = null) => Eventually.GetAsync(
        async () =>
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(
                $"SELECT \"Pid\", count(*)::int FROM ({OutboxLocks.Owners}) AS owners GROUP BY 1");
            await using var reader = await command.ExecuteReaderAsync();
            var shares = new Dictionary<int, int>();
            while (await reader.ReadAsync())
            {
                shares.Add(reader.GetInt32(0), reader.GetInt32(1));
            }

            return (IReadOnlyDictionary<int, int>)shares;
        },
        shares => shares.Values.Sum() == 16 && condition(shares),
        deadline);

    private static Task<long> AllAreSentAsync(string database) =>
        OutboxRows.SentAsync(database, Messages);

    private async Task AssertAllInOrderAsync(string queue)
    {
        var appearances = await QueueReader.FirstAppearancesAsync(infrastructure, queue, Messages);
        var all = Enumerable.Range(1, Messages / Aggregates).Select(version => (long)version);
        Assert.Equal(Aggregates, appearances.Count);
        Assert.All(appearances.Values, versions => Assert.Equal(all, versions));
    }
}
