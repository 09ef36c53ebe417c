using System.Diagnostics;
using System.Globalization;

namespace Faults.Running;

/// <summary>A process with its descendants.</summary>
internal static class ProcessTree
{
    /// <summary>Sends a signal to a process and to all its descendants, with one shell, so nearly at once.</summary>
    public static async Task SignalAsync(int root, string signal)
    {
        // A descendant may have ended meanwhile. The shell says so on standard error, and nobody needs to know.
        var start = new ProcessStartInfo("sh", ["-c", $"kill -{signal} {string.Join(' ', Ids(root))}"]) { RedirectStandardError = true };
        using var kill = Process.Start(start)!;
        await kill.WaitForExitAsync();
    }

    public static IEnumerable<int> Ids(int root) => Children(root).SelectMany(Ids).Prepend(root);

    public static int[] Children(int parent)
    {
        try
        {
            return
            [
                .. Directory.GetDirectories($"/proc/{parent}/task")
                    .Select(thread => File.ReadAllText(Path.Combine(thread, "children")))
                    .SelectMany(children => children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }
}
