using System.Globalization;

namespace Benchmarks;

/// <summary>The whole machine, which broker, database, services and benchmark share.</summary>
internal static class Machine
{
    /// <summary>The unit of processor time in /proc.</summary>
    public const double TicksPerSecond = 100;

    private const int Idle = 3;
    private const int WaitsForDisk = 4;

    /// <summary>What other machines on the same hardware have used. Later columns repeat a part of the earlier ones (proc_stat(5)).</summary>
    private const int Stolen = 7;

    /// <summary>Processor time that was used so far, by everything on all processors. Zero where there is no /proc.</summary>
    public static TimeSpan ProcessorTime => File.Exists("/proc/stat")
        ? TimeSpan.FromSeconds(File.ReadLines("/proc/stat").First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(column => long.Parse(column, CultureInfo.InvariantCulture))
            .Where((_, column) => column is not (Idle or WaitsForDisk) and < Stolen)
            .Sum() / TicksPerSecond)
        : TimeSpan.Zero;
}
