namespace Benchmarks.Relay;

/// <summary>The relay that follows the write-ahead log, beside the one that polls: docs/relays.md.</summary>
internal static class RelaysBenchmark
{
    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var connection = await infrastructure.ConnectAsync();
        await using var log = await RelaySystem.StartAsync(infrastructure, instances: 1, relay: "Wal");
        await using var polling = await RelaySystem.StartAsync(infrastructure, instances: 1, relay: "Polling");
        List<double> logTimes = [], pollingTimes = [];
        await Comparison.RunAsync(
            "relay that follows the log, beside the one that polls",
            asked: 1,
            Settings.Rounds,
            () => DrainAsync(log, logTimes),
            () => DrainAsync(polling, pollingTimes));
        Table.Add("the same: µs CPU of PostgreSQL/message", Summary(logTimes), Summary(pollingTimes), asked: "less");
        await RelayBenchmark.MeasureLatencyAsync("relay that follows the log", log);
        await RelayBenchmark.MeasureLatencyAsync("relay that polls", polling);
        await connection.CloseAsync();

        async Task<Throughput> DrainAsync(RelaySystem relay, List<double> times)
        {
            var drained = await relay.DrainAsync(RelayBenchmark.Messages);
            times.Add(relay.DatabaseTime.TotalMicroseconds);
            await RelayBenchmark.TakeAsync(connection, relay.Queue, RelayBenchmark.Messages);
            return drained;
        }

        string Summary(List<double> times) => new Spread(times.Skip(Settings.WarmUpRounds)).ToString("0.0");
    });
}
