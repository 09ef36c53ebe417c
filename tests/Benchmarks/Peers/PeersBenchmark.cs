using System.Globalization;
using Benchmarks.EndToEnd;
using Xunit.Sdk;

namespace Benchmarks.Peers;

/// <summary>
/// The services beside the loop of most samples and beside Wolverine. All of them meet the same situations with the same load, the same
/// payload, the same database server and broker, and the same number of connections.
/// </summary>
internal static class PeersBenchmark
{
    private const int MostRounds = 3;
    private static readonly int[] EntityCounts = [200, 20_000];

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        await infrastructure.KeepCommitTimesAsync();
        Peer[] peers = [.. Peer.For(await infrastructure.IsRabbitMqAsync())
            .Where((peer, i) => i == 0 || peer.Programs.Name.StartsWith(Settings.Only, StringComparison.OrdinalIgnoreCase))];
        foreach (var peer in peers)
        {
            Console.WriteLine($"{peer.Programs.Name} guarantees: {peer.Guarantees}");
        }

        foreach (var entities in EntityCounts)
        {
            foreach (var situation in Situation.All)
            {
                await CompareAsync(infrastructure, situation, entities, peers);
            }
        }
    });

    private static async Task CompareAsync(Infrastructure infrastructure, Situation situation, int entities, Peer[] peers)
    {
        var what = $"{situation.Name}, {entities} entities";
        var outcomes = peers.ToDictionary(peer => peer, _ => new List<Outcome>());
        for (var round = 1; round <= Math.Min(Settings.LongRounds, MostRounds); round++)
        {
            foreach (var peer in peers)
            {
                if (await TryMeasureAsync(infrastructure, situation, entities, peer) is not { } outcome)
                {
                    continue;
                }

                outcomes[peer].Add(outcome);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}, round {round}, {peer.Programs.Name}: {outcome.PerSecond:0} messages/s, "
                    + $"{outcome.Times.Latency.ToPercentiles()} ms, {outcome.Times.Inversions} inversions, "
                    + $"{outcome.Behind} not applied, {outcome.CommitsPerSecond:0} commits/s"));
            }
        }

        foreach (var peer in peers.Skip(1))
        {
            Report(what, outcomes[peers[0]], peer.Programs.Name, outcomes[peer]);
        }
    }

    /// <returns>Null if the system did not answer in time. The others are measured nevertheless.</returns>
    private static async Task<Outcome?> TryMeasureAsync(Infrastructure infrastructure, Situation situation, int entities, Peer peer)
    {
        // New processes and databases: what one situation has left behind must not slow down the next one.
        try
        {
            await using var pair = await Pair.StartAsync(infrastructure, peer.Programs, entities, situation.HasWire);
            await pair.WarmUpAsync(peer.WarmUpBatch);
            await pair.LogCommitsAsync();
            return await situation.MakeAsync(pair);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or XunitException)
        {
            Console.WriteLine($"{situation.Name}, {entities} entities, {peer.Programs.Name} failed: {failure.Message}");
            return null;
        }
    }

    /// <summary>Adds a line with our figures beside those of a peer.</summary>
    private static void Report(string what, List<Outcome> ours, string peer, List<Outcome> theirs)
    {
        if (ours is [] || theirs is [])
        {
            Table.Add($"{what}, beside {peer}", ours is [] ? "failed" : "", theirs is [] ? "failed" : "");
            return;
        }

        Table.Add(
            $"{what}, beside {peer}",
            Summary(ours),
            Summary(theirs),
            new Spread(ours.Zip(theirs, (mine, other) => mine.PerSecond / other.PerSecond)).ToString("0.0"));
    }

    /// <summary>The rate with its spread, and the medians of the rest.</summary>
    private static string Summary(List<Outcome> outcomes)
    {
        return $"{Of(outcome => outcome.PerSecond).ToString("0")} messages/s, p50 {Median(outcome => outcome.Times.Latency.Median)} ms, "
            + $"p99 {Median(outcome => outcome.Times.Latency.Percentile(0.99))} ms, "
            + $"{Median(outcome => outcome.Times.Inversions)} inversions, {Median(outcome => outcome.Behind)} not applied, "
            + $"{Median(outcome => outcome.CommitsPerSecond)} commits/s, "
            + $"{Median(outcome => outcome.ProcessorTime.TotalMicroseconds)} µs CPU/message";

        Spread Of(Func<Outcome, double> value) => new(outcomes.Select(value));

        string Median(Func<Outcome, double> value) => Of(value).Median.ToString("0", CultureInfo.InvariantCulture);
    }
}
