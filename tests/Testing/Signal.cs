using System.Diagnostics;
using System.Globalization;

namespace Testing;

/// <summary>Sends signals to processes. It uses the shell, because a small Debian has no program `kill`.</summary>
public static class Signal
{
    /// <param name="processId">The process.</param>
    /// <param name="signal">The name or number that `kill` takes: TERM, or 15.</param>
    public static async Task SendAsync(int processId, string signal)
    {
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {processId}")]);
        await kill.WaitForExitAsync();
    }
}
