using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Commit;

/// <summary>
/// What a SaveChanges of an entity and its outbox message costs in this process, compared with the same two inserts by Npgsql. One after
/// the other. The commits do not wait for the disk: that wait is the same for all, and would hide the rest.
/// </summary>
internal static class CommitBenchmark
{
    private const int Commits = 2_000;

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var database = await infrastructure.CreateSenderTablesAsync();
        await Sql.SetForDatabaseAsync(database, "synchronous_commit", "off");
        await using var variants = new Variants(database);
        var results = variants.All.Keys.ToDictionary(name => name, _ => new List<Cost>());
        for (var round = 1; round <= Settings.WarmUpRounds + Settings.Rounds; round++)
        {
            foreach (var (name, commit) in variants.All)
            {
                var cost = await MeasureAsync(commit);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"round {round}: {name}: {cost.Processor:0} µs CPU, {cost.Wall:0} µs"));
                if (round > Settings.WarmUpRounds)
                {
                    results[name].Add(cost);
                }
            }

            await CheckAsync(database, variants.All.Count * Commits);
            await Sql.ExecuteAsync(database, "TRUNCATE entity_items, outbox_messages");
        }

        var floor = results.First().Value;
        foreach (var (name, costs) in results.Skip(1))
        {
            Add("µs CPU", cost => cost.Processor);
            Add("µs wall", cost => cost.Wall);

            void Add(string figure, Func<Cost, double> value) => Table.Add(
                $"commit, {name}: {figure}",
                new Spread(costs.Select(value)).ToString("0"),
                new Spread(floor.Select(value)).ToString("0"),
                new Spread(costs.Zip(floor, (mine, other) => value(mine) / value(other))).ToString("0.00"));
        }
    });

    private static async Task<Cost> MeasureAsync(Func<Task> commit)
    {
        var processorTime = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Commits; i++)
        {
            await commit();
        }

        var wall = Stopwatch.GetElapsedTime(started);
        return new((Environment.CpuUsage.TotalTime - processorTime).TotalMicroseconds / Commits, wall.TotalMicroseconds / Commits);
    }

    /// <summary>A variant that is fast because it leaves something out would say nothing.</summary>
    private static async Task CheckAsync(string database, long expected)
    {
        foreach (var table in (string[])["entity_items", "outbox_messages"])
        {
            var count = await Sql.ScalarAsync<long>(database, $"SELECT count(*) FROM {table}");
            if (count != expected)
            {
                throw new InvalidOperationException($"{table} has {count} rows instead of {expected}.");
            }
        }
    }

    /// <summary>Microseconds per commit.</summary>
    private readonly record struct Cost(double Processor, double Wall);
}
