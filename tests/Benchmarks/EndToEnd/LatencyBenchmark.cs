using System.Globalization;

namespace Benchmarks.EndToEnd;

/// <summary>From the commit of the sender to the commit of the receiver, at different rates of POSTs.</summary>
internal static class LatencyBenchmark
{
    private const int Connections = 16;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);
    private static readonly int[] Rates = [10, 200, 1_000];

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        await infrastructure.KeepCommitTimesAsync();
        await using var pair = await Pair.StartAsync(infrastructure, Contender.Ours);
        await pair.WarmUpAsync();
        await pair.LogCommitsAsync();
        var results = new List<(int Rate, CommitTimes Times)>();
        for (var round = 1; round <= Settings.LongRounds; round++)
        {
            foreach (var rate in Rates)
            {
                results.Add((rate, await MeasureAsync(pair, rate, round)));
            }
        }

        foreach (var rate in results.ToLookup(result => result.Rate, result => result.Times.Latency))
        {
            Add("p50", rate.Select(latency => latency.Median), rate.Key == 200 ? "<= 15" : "");
            Add("p99", rate.Select(latency => latency.Percentile(0.99)), rate.Key == 200 ? "<= 60" : "");
            Add("max", rate.Select(latency => latency.Highest));

            void Add(string what, IEnumerable<double> values, string asked = "") => Table.Add(
                $"commit to projection at {rate.Key}/s: {what}, ms", new Spread(values).ToString("0.0"), asked: asked);
        }
    });

    private static async Task<CommitTimes> MeasureAsync(Pair pair, int rate, int round)
    {
        await pair.ForgetAsync();
        using var load = new Load(pair.Sender.Address!, Connections);
        var answers = await load.RunAsync(duration: Length, perSecond: rate);
        var behind = await pair.DrainAsync(TimeSpan.FromMinutes(1));
        var times = await pair.ReadCommitTimesAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}: {answers.PerSecond:0} of {rate}/s: {times.Latency.ToPercentiles()} ms, {behind} not applied"));
        return times;
    }
}
