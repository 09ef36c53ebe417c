using System.Diagnostics;
using Messaging.Outbox.Sharing;

namespace SenderService.Tests.Outbox.Wal;

/// <summary>Two instances that follow the log, as processes. One has the slot, and the other one stands by.</summary>
[Collection(SenderSuite.Name)]
public sealed class LogTakeOverTests(Infrastructure infrastructure)
{
    private const int Messages = 20_000;
    private const int Aggregates = 200;

    /// <summary>The promise is five seconds. A loaded machine needs some more.</summary>
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(5 + 5);

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task When_the_relay_that_has_the_slot_dies_or_falls_silent_the_other_one_takes_over_within_seconds(string signal)
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        var queue = Infrastructure.NewQueue();
        await using var first = Start(database, queue);
        var owner = await OwnerAsync(database, pid => pid != 0);
        await using var second = Start(database, queue);
        await Eventually.GetAsync(() => Sql.ScalarAsync<long>(database, OutboxLocks.CountRelays), relays => relays == 2);
        await OutboxRows.AddManyAsync(database, Messages, Aggregates);
        await Eventually.GetAsync(() => OutboxRows.CountAsync(database, "Sent"), sent => sent > 0);

        var begun = Stopwatch.GetTimestamp();
        await (signal == "KILL" ? first.KillAsync() : first.PauseAsync());
        Assert.True(await OutboxRows.CountAsync(database, "Pending") > 0, "Everything was sent before anything broke.");
        await OwnerAsync(database, pid => pid != 0 && pid != owner);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TakeOver);

        await OutboxRows.SentAsync(database, Messages);
        var came = await QueueReader.FirstAppearancesAsync(infrastructure, queue, Messages);
        var all = Enumerable.Range(1, Messages / Aggregates).Select(version => (long)version);
        Assert.Equal(Aggregates, came.Count);
        Assert.All(came.Values, versions => Assert.Equal(all, versions));

        // It follows the log again, by the same slot.
        await Eventually.GetAsync(
            () => Task.FromResult(second.Output.Any(line => line.Contains("follows the write-ahead log", StringComparison.Ordinal))),
            follows => follows);
    }

    /// <summary>The session that has all partitions. 0 if there is none.</summary>
    private static Task<int> OwnerAsync(string database, Predicate<int> condition) => Eventually.GetAsync(
        () => Sql.ScalarAsync<int>(
            database, $"SELECT coalesce((SELECT \"Pid\" FROM ({OutboxLocks.Owners}) AS owners GROUP BY 1 HAVING count(*) = 16), 0)"),
        condition);

    private ServiceInstance Start(string database, string queue) => ServiceInstance.Start(
        RunningSender.Service,
        [
            .. RunningSender.Settings(database, infrastructure.Broker, queue),
            "Outbox:Relay=Wal",
            "Outbox:BatchSize=100",
            "Outbox:MaxInFlight=100",
        ]);
}
