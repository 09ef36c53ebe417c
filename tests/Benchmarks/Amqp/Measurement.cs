using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Amqp;

/// <summary>What a client says of one command.</summary>
/// <param name="Seconds">By the wall clock.</param>
/// <param name="CpuSeconds">Of all threads of its process, in user and kernel mode.</param>
/// <param name="AllocatedBytes">On the managed heap; 0 from a client that has none or does not tell.</param>
internal sealed record Measurement(double Seconds, double CpuSeconds, double AllocatedBytes)
{
    public static Measurement Parse(string line)
    {
        var numbers = line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return new Measurement(numbers[0], numbers[1], numbers.ElementAtOrDefault(2));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds} {CpuSeconds} {AllocatedBytes}");
}

/// <summary>Measures a piece of work in this process, which does nothing else meanwhile.</summary>
internal static class Meter
{
    public static async Task<Measurement> MeasureAsync(Func<Task> work)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        await work();
        var seconds = clock.Elapsed.TotalSeconds;
        return new Measurement(
            seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }
}
