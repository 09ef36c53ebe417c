using System.Globalization;
using Amqp;

namespace Benchmarks.Post;

/// <summary>
/// What a POST costs, compared with a bare minimal API that does the same two inserts in one transaction. The service is measured twice:
/// with its relay at work beside it, and with its broker away, when the relay only waits.
/// </summary>
internal static class PostBenchmark
{
    private const string Queue = "post";
    private const int WarmUpBatch = 2_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
    private static readonly int[] Connections = [1, 16, 64];

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        await using var wire = new TcpWire(new Uri(infrastructure.Broker).Host, new Uri(infrastructure.Broker).Port);
        await using var service = await StartAsync(infrastructure, infrastructure.Broker);
        await using var cutOff = await StartAsync(infrastructure, wire.Reroute(infrastructure.Broker));
        wire.Cut();
        await using var floor = await StartFloorAsync(infrastructure);
        var connection = await infrastructure.ConnectAsync();
        Target[] targets = [service, cutOff, floor];
        foreach (var target in targets)
        {
            using var load = new Load(target.Service.Address!, connections: 16);
            await WarmUp.RunAsync(() => load.RunAsync(WarmUpBatch), () => target.Service.ProcessorTime);
            await EmptyAsync(target, connection);
        }

        var results = new List<Result>();
        for (var round = 1; round <= Settings.WarmUpRounds + Settings.Rounds; round++)
        {
            foreach (var connections in Connections)
            {
                // Another one begins in every round.
                for (var i = 0; i < targets.Length; i++)
                {
                    results.Add(await MeasureAsync(targets[(i + round) % targets.Length], connections, round, connection));
                }
            }
        }

        await connection.CloseAsync();
        results.RemoveAll(result => result.Round <= Settings.WarmUpRounds);
        Report(results, service, cutOff, floor);
    });

    private static async Task<Target> StartAsync(Infrastructure infrastructure, string broker)
    {
        var database = await infrastructure.CreateServiceDatabaseAsync();
        var service = await ReleasedService.StartAsync(
            "SenderService", $"ConnectionStrings:senderdb={database}", $"ConnectionStrings:artemis={broker}", $"Outbox:Queue={Queue}");
        return broker == infrastructure.Broker
            ? new("service", service, database, Publishes: true)
            : new("service, broker away", service, database, Publishes: false);
    }

    private static async Task<Target> StartFloorAsync(Infrastructure infrastructure)
    {
        var database = await infrastructure.CreateSenderTablesAsync();
        var floor = await ReleasedService.StartAsync("Peers", "Peer=floor", $"ConnectionStrings:senderdb={database}");
        return new("floor", floor, database, Publishes: false);
    }

    private static async Task<Result> MeasureAsync(Target target, int connections, int round, Connection broker)
    {
        using var load = new Load(target.Service.Address!, connections);
        var processorTime = target.Service.ProcessorTime;
        var answers = await load.RunAsync(duration: Length);
        processorTime = target.Service.ProcessorTime - processorTime;
        await EmptyAsync(target, broker);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}: {connections} connections, {target.Name}: {answers.PerSecond:0} requests/s, "
            + $"{answers.Latency.ToPercentiles()} ms"));
        return new(target, connections, round, answers, processorTime / answers.Milliseconds.Count);
    }

    /// <summary>Every measurement begins with empty tables and an empty queue.</summary>
    private static async Task EmptyAsync(Target target, Connection broker)
    {
        if (target.Publishes)
        {
            await Eventually.GetAsync(
                () => Sql.ScalarAsync<bool>(target.Database, "SELECT NOT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')"),
                isPublished => isPublished);
            await broker.EmptyAsync(Queue);
        }

        await Sql.ExecuteAsync(target.Database, "TRUNCATE outbox_messages, entity_items");
    }

    private static void Report(List<Result> results, Target service, Target cutOff, Target floor)
    {
        foreach (var connections in Connections)
        {
            var beside = Of(floor, connections);
            foreach (var target in (Target[])[service, cutOff])
            {
                var what = $"POST, {connections} connections, {target.Name}";
                var measured = Of(target, connections);
                var ratio = new Spread(measured.Zip(beside, (mine, other) => mine.Answers.PerSecond / other.Answers.PerSecond));
                Add($"{what}: requests/s", result => result.Answers.PerSecond, "0", ratio.ToString("0.00"), ">= 0.6");
                Add($"{what}: p50, ms", result => result.Answers.Latency.Median, "0.0");
                Add($"{what}: p99, ms", result => result.Answers.Latency.Percentile(0.99), "0.0");
                Add($"{what}: µs CPU/request", result => result.ProcessorTime.TotalMicroseconds, "0");

                void Add(string name, Func<Result, double> value, string format, string ratio = "", string asked = "") => Table.Add(
                    name,
                    new Spread(measured.Select(value)).ToString(format),
                    new Spread(beside.Select(value)).ToString(format),
                    ratio,
                    asked);
            }
        }

        Result[] Of(Target target, int connections) =>
            [.. results.Where(result => result.Target == target && result.Connections == connections)];
    }

    private sealed record Target(string Name, ServiceInstance Service, string Database, bool Publishes) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    /// <param name="Target">Who answered.</param>
    /// <param name="Connections">How many connections asked.</param>
    /// <param name="Round">In which round.</param>
    /// <param name="Answers">The answers.</param>
    /// <param name="ProcessorTime">Processor time of the process that answered, per request.</param>
    private sealed record Result(Target Target, int Connections, int Round, LoadResult Answers, TimeSpan ProcessorTime);
}
