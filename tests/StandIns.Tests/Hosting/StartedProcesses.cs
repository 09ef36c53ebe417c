using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.Processes.Running;
using Tests.Harness;

namespace StandIns.Tests.Hosting;

/// <summary>What an AppHost has started, found in /proc by the mark that all of it carries.</summary>
internal static class StartedProcesses
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>Waits until it has started processes, and says by which mark they are known.</summary>
    public static async Task<string> RunIdAsync(AppHostProcess appHost, int processes) => (await Eventually.GetAsync(
        () => Task.FromResult(RunId(appHost.Id)), id => id is not null && Of(id).Count >= processes, Deadline))!;

    /// <summary>What runs that was started by the AppHost with this mark, its watchdog included.</summary>
    public static IReadOnlyList<int> Of(string runId) =>
        [.. ProcessIds().Where(id => Read(id, "environ").Contains($"{Watchdog.Marker}={runId}") || Read(id, "cmdline").Contains(runId))];

    /// <summary>When the AppHost with this mark has started a program, which is known by a part of its arguments.</summary>
    public static DateTime TimeOf(string runId, string program)
    {
        var id = Of(runId).Single(id => Read(id, "cmdline").Any(argument => argument.Contains(program, StringComparison.Ordinal)));
        return Process.GetProcessById(id).StartTime;
    }

    /// <summary>The watchdog is told the mark on its command line. A terminal and `dotnet run` may be above the AppHost.</summary>
    private static string? RunId(int appHost) => ProcessIds()
        .Where(id => Ancestors(id).Contains(appHost))
        .Select(id => Read(id, "cmdline"))
        .Where(arguments => arguments.Contains(Watchdog.Marker))
        .Select(arguments => arguments[Array.IndexOf(arguments, Watchdog.Marker) + 1])
        .FirstOrDefault();

    private static IEnumerable<int> Ancestors(int id)
    {
        for (var parent = Parent(id); parent > 0; parent = Parent(parent))
        {
            yield return parent;
        }
    }

    private static int Parent(int id)
    {
        const string field = "PPid:\t";
        var line = string.Concat(Read(id, "status")).Split('\n').FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line[field.Length..], CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> ProcessIds() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    private static string[] Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{file}").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or it is another user's.
            return [];
        }
    }
}
