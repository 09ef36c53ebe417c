using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Benchmarks.EndToEnd;

/// <summary>What the services cost while nobody asks them anything.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        await using var pair = await Pair.StartAsync(infrastructure, Contender.Ours);
        var watcher = await infrastructure.CreateServiceDatabaseAsync();
        await pair.WarmUpAsync();
        await MeasureAsync(pair.Sender, pair.SenderDatabase, watcher);
        List<(double Share, double Statements)> sender = [], receiver = [];
        for (var round = 1; round <= Settings.LongRounds; round++)
        {
            var both = await Task.WhenAll(
                MeasureAsync(pair.Sender, pair.SenderDatabase, watcher), MeasureAsync(pair.Receiver, pair.ReceiverDatabase, watcher));
            sender.Add(both[0]);
            receiver.Add(both[1]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: sender {both[0].Share:0.0} % and {both[0].Statements:0.0}/s, "
                + $"receiver {both[1].Share:0.0} % and {both[1].Statements:0.0}/s"));
        }

        Add("sender", sender);
        Add("receiver", receiver);
        Table.Add("memory at rest, MiB: sender, receiver", $"{pair.Sender.WorkingSet >> 20}, {pair.Receiver.WorkingSet >> 20}");

        static void Add(string name, List<(double Share, double Statements)> results)
        {
            Table.Add($"idle: {name}, % of a core", new Spread(results.Select(result => result.Share)).ToString("0.0"), asked: "< 2");
            Table.Add(
                $"idle: {name}, statements/s", new Spread(results.Select(result => result.Statements)).ToString("0.0"), asked: "<= 3");
        }
    });

    private static async Task<(double Share, double Statements)> MeasureAsync(ServiceInstance service, string database, string watcher)
    {
        // A statement without BEGIN is a transaction of its own. A service that does nothing needs no other transactions.
        var count = $"""
            SELECT xact_commit + xact_rollback FROM pg_stat_database
            WHERE datname = '{new NpgsqlConnectionStringBuilder(database).Database}'
            """;
        var (statements, processorTime) = (await Sql.ScalarAsync<long>(watcher, count), service.ProcessorTime);
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(Length);
        processorTime = service.ProcessorTime - processorTime;
        statements = await Sql.ScalarAsync<long>(watcher, count) - statements;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (100 * processorTime.TotalSeconds / seconds, statements / seconds);
    }
}
