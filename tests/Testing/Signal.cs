using System.Diagnostics;
using System.Globalization;
using AppHost.Workshop;

namespace Testing;

/// <summary>Sends signals to processes. It uses the shell, because a small Debian has no program `kill`.</summary>
public static class Signal
{
    /// <param name="processId">The process.</param>
    /// <param name="signal">The name or number that `kill` takes: TERM, or 15.</param>
    public static Task SendAsync(int processId, string signal) => SendAsync([processId], signal);

    /// <summary>Sends a signal to a process and to all its descendants.</summary>
    public static Task SendToTreeAsync(int root, string signal) => SendAsync(ProcessTree.Ids(root), signal);

    /// <summary>Sends a signal to several processes, with one shell, so nearly at once.</summary>
    /// <param name="processIds">The processes. Those that have ended meanwhile are left out.</param>
    /// <param name="signal">The name or number that `kill` takes: TERM, or 15.</param>
    public static async Task SendAsync(IEnumerable<int> processIds, string signal)
    {
        var ids = string.Join(' ', processIds.Select(id => id.ToString(CultureInfo.InvariantCulture)));

        // The shell says on standard error which process has ended. Nobody needs to know.
        var start = new ProcessStartInfo("sh", ["-c", $"kill -{signal} {ids}"]) { RedirectStandardError = true };
        using var kill = Process.Start(start)!;
        await kill.WaitForExitAsync();
    }
}
