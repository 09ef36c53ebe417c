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
        await log.MeasureLatencyAsync("relay that follows the log");
        await polling.MeasureLatencyAsync("relay that polls");
        await connection.CloseAsync();

        async Task<Throughput> DrainAsync(RelaySystem relay, List<double> times)
        {
            await relay.AddBacklogAsync(RelayBenchmark.Messages);
            var before = await DatabaseProcess.ProcessorTimeAsync(relay.Database);
            var drained = await relay.WaitUntilDrainedAsync(RelayBenchmark.Messages);
            var used = await DatabaseProcess.ProcessorTimeAsync(relay.Database) - before;
            times.Add(used.TotalMicroseconds / RelayBenchmark.Messages);
            await connection.TakeAsync(relay.Queue, RelayBenchmark.Messages);
            return drained;
        }

        string Summary(List<double> times) => new Spread(times.Skip(Settings.WarmUpRounds)).ToString("0.0");
    });
}
