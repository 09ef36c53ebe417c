using Amqp;

namespace Benchmarks.Relay;

/// <summary>
/// How fast relays drain a backlog, compared with the same AMQP client that only sends the same messages to the same broker, and with a
/// relay whose table has no old rows.
/// </summary>
internal static class RelayBenchmark
{
    private const int InFlight = 1_000;
    private const int Million = 1_000_000;
    private static readonly int[] Instances = [1, 3];

    public static int Messages => Settings.Messages ?? 50_000;

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var connection = await infrastructure.ConnectAsync();
        foreach (var instances in Instances)
        {
            await CompareWithClientAsync(infrastructure, connection, instances);
        }

        foreach (var existing in ExistingRows.Counts)
        {
            await CompareWithEmptyTableAsync(infrastructure, connection, existing);
        }

        if (Settings.Large)
        {
            await using var relay = await RelaySystem.StartAsync(infrastructure, instances: 1);
            var draining = relay.DrainAsync(Million);
            await connection.TakeAsync(relay.Queue, Million);
            await draining;
            Table.Add("relay: most memory with 1,000,000 pending, MiB", $"{relay.MostMemory >> 20}");
        }

        await connection.CloseAsync();
    });

    private static async Task CompareWithClientAsync(Infrastructure infrastructure, Connection connection, int instances)
    {
        await using var relay = await RelaySystem.StartAsync(infrastructure, instances);
        var name = instances == 1 ? "relay" : $"{instances} relays";
        Message? sample = null;
        await Comparison.RunAsync(
            name,
            asked: 0.85,
            Settings.Rounds,
            async () =>
            {
                var drained = await relay.DrainAsync(Messages);
                sample = await connection.TakeAsync(relay.Queue, Messages);
                return drained;
            },
            async () =>
            {
                var sent = await RawSender.SendAsync(connection, "raw", sample!, Messages, InFlight);
                await connection.TakeAsync("raw", Messages);
                return sent;
            });
        Comparison.ReportProcesses(name, relay.Senders);
        if (instances == 1)
        {
            await relay.MeasureLatencyAsync("relay");
        }
    }

    private static async Task CompareWithEmptyTableAsync(Infrastructure infrastructure, Connection connection, int existing)
    {
        await using var full = await RelaySystem.StartAsync(infrastructure, instances: 1, existing);
        await using var empty = await RelaySystem.StartAsync(infrastructure, instances: 1);
        await Comparison.RunAsync(
            $"relay, {ExistingRows.NameOf(existing)} old rows beside none",
            asked: 0.9,
            Settings.LongRounds,
            () => DrainAsync(full),
            () => DrainAsync(empty));

        async Task<Throughput> DrainAsync(RelaySystem relay)
        {
            var drained = await relay.DrainAsync(Messages);
            await connection.TakeAsync(relay.Queue, Messages);
            return drained;
        }
    }
}
