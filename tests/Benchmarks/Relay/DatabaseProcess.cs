using System.Globalization;
using AppHost.Workshop;

namespace Benchmarks.Relay;

/// <summary>The processes of the database server, as Linux shows them.</summary>
internal static class DatabaseProcess
{
    /// <summary>The checkpointer lives as long as the server, which is its parent.</summary>
    private const string Checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";

    private const int Parent = 1;
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int EndedUserTime = 13;
    private const int EndedSystemTime = 14;

    /// <summary>Processor time of all processes of the server so far, with those that have ended.</summary>
    /// <exception cref="NotSupportedException">The server runs in a container, or this is not Linux.</exception>
    public static async Task<TimeSpan> ProcessorTimeAsync(string database)
    {
        var checkpointer = await Sql.ScalarAsync<int>(database, Checkpointer);
        var name = $"/proc/{checkpointer}/comm";
        if (!File.Exists(name) || (await File.ReadAllTextAsync(name)).Trim() != "postgres")
        {
            throw new NotSupportedException(
                "The processor time of PostgreSQL can be read only if it is a process of this Linux: set Demo__Infrastructure=processes.");
        }

        var server = (int)Read(checkpointer)[Parent];
        var own = Read(server);
        var ticks = own[EndedUserTime] + own[EndedSystemTime]
            + ProcessTree.Ids(server).Select(Read).Sum(process => process[UserTime] + process[SystemTime]);
        return TimeSpan.FromSeconds(ticks / Machine.TicksPerSecond);
    }

    /// <summary>The numbers in /proc/[pid]/stat that follow the name of the program (proc(5)).</summary>
    private static long[] Read(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ')
            .Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0)];
    }
}
