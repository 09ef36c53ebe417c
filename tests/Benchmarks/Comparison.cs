using System.Globalization;

namespace Benchmarks;

/// <summary>The result of one round.</summary>
/// <param name="PerSecond">Messages per second.</param>
/// <param name="ProcessorTime">Processor time of the measured processes, per message.</param>
/// <param name="AllocatedBytes">What they allocated, per message.</param>
/// <param name="MachineTime">Processor time of the whole machine, per message.</param>
internal readonly record struct Throughput(double PerSecond, TimeSpan ProcessorTime, double AllocatedBytes, TimeSpan MachineTime);

/// <summary>What processes, and the whole machine, have used so far.</summary>
internal readonly record struct Usage(TimeSpan ProcessorTime, long AllocatedBytes, TimeSpan MachineTime)
{
    /// <summary>That of the benchmark itself.</summary>
    public static Usage OfBenchmark => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), Machine.ProcessorTime);

    public static async Task<Usage> OfAsync(IEnumerable<ServiceInstance> services)
    {
        var usage = default(Usage);
        foreach (var service in services)
        {
            usage = usage with
            {
                ProcessorTime = usage.ProcessorTime + service.ProcessorTime,
                AllocatedBytes = usage.AllocatedBytes + await service.CountAllocatedBytesAsync(),
            };
        }

        return usage with { MachineTime = Machine.ProcessorTime };
    }

    /// <summary>The result of a round that began with <paramref name="before"/> and ended with this.</summary>
    public Throughput Since(Usage before, int messages, double perSecond) => new(
        perSecond,
        (ProcessorTime - before.ProcessorTime) / messages,
        (double)(AllocatedBytes - before.AllocatedBytes) / messages,
        (MachineTime - before.MachineTime) / messages);
}

/// <summary>
/// Services against something else, in turn. So other load of the machine affects both. In every round the other one begins, because
/// during the second measurement the broker also cleans up its memory after the first.
/// </summary>
internal static class Comparison
{
    /// <summary>Runs the rounds. Adds both results and their ratio to the table. Less than half of the asked ratio is a failure.</summary>
    /// <param name="name">The name of what the services do.</param>
    /// <param name="asked">What the ratio should be.</param>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="measure">Lets the services do it once. This is the very first measurement.</param>
    /// <param name="measureOther">Lets the client alone do as much of it as it can, or lets other services do it.</param>
    public static async Task RunAsync(
        string name, double asked, int rounds, Func<Task<Throughput>> measure, Func<Task<Throughput>> measureOther)
    {
        var results = new List<(Throughput Mine, Throughput Other)>();
        var warmUpRounds = (rounds + 2) / 3;
        for (var i = 0; i < warmUpRounds + rounds; i++)
        {
            results.Add(i % 2 == 0 ? (await measure(), await measureOther()) : await OtherFirstAsync());
            var (mine, other) = (results[^1].Mine.PerSecond, results[^1].Other.PerSecond);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(i < warmUpRounds ? "warm-up" : "round")} {i + 1}: {name} {mine:0}/s, other {other:0}/s"));
        }

        results.RemoveRange(0, warmUpRounds);
        var ratio = new Spread(results.Select(result => result.Mine.PerSecond / result.Other.PerSecond));
        Add("messages/s", result => result.PerSecond, "0", hasRatio: true);
        if (ratio.Median < asked / 2)
        {
            Table.Fail(string.Create(CultureInfo.InvariantCulture, $"{name}: {ratio.Median:0.00} is less than half of {asked}."));
        }

        Add("µs CPU/message", result => result.ProcessorTime.TotalMicroseconds, "0.0");
        Add("µs CPU of the machine/message", result => result.MachineTime.TotalMicroseconds, "0.0");
        Add("bytes allocated/message", result => result.AllocatedBytes, "0");

        async Task<(Throughput, Throughput)> OtherFirstAsync()
        {
            var other = await measureOther();
            return (await measure(), other);
        }

        void Add(string figure, Func<Throughput, double> value, string format, bool hasRatio = false) => Table.Add(
            $"{name}: {figure}",
            new Spread(results.Select(result => value(result.Mine))).ToString(format),
            new Spread(results.Select(result => value(result.Other))).ToString(format),
            hasRatio ? ratio.ToString("0.00") : "",
            hasRatio ? string.Create(CultureInfo.InvariantCulture, $">= {asked}") : "");
    }

    /// <summary>Adds the memory of services to the table, and prints what they logged: an interruption explains a slow round.</summary>
    public static void ReportProcesses(string name, IReadOnlyList<ServiceInstance> services)
    {
        Table.Add($"{name}: working set, MiB", string.Join(", ", services.Select(service => service.WorkingSet >> 20)));
        foreach (var line in services.SelectMany(service => service.Output
            .SkipWhile(line => !line.Contains("Content root path", StringComparison.Ordinal)).Skip(1)
            .Where(line => !line.StartsWith("allocated", StringComparison.Ordinal))))
        {
            Console.WriteLine($"{name} logged: {line}");
        }
    }
}
