using System.Diagnostics;
using System.Globalization;

namespace AppHost.Workshop.Acting;

/// <summary>
/// Processes that stand still (SIGSTOP). A shell stops them, and lets them continue when its input ends. That happens at the latest when
/// the AppHost ends, in any way, so no process stands still for ever.
/// </summary>
internal sealed class Pause : IDisposable
{
    private readonly Process _shell;

    private Pause(Process shell) => _shell = shell;

    /// <summary>Why it cannot be done here. Null if it can.</summary>
    public static string? Missing => OperatingSystem.IsLinux() ? null : "Only Linux shows the AppHost which processes to pause.";

    /// <summary>Stops a process and all its descendants.</summary>
    public static Pause Start(int root)
    {
        var ids = string.Join(' ', ProcessTree.Ids(root).Select(id => id.ToString(CultureInfo.InvariantCulture)));

        // Ctrl-C in the terminal reaches the shell too, which must not end before it has let them continue.
        var start = new ProcessStartInfo("sh", ["-c", $"trap '' INT; kill -STOP {ids}; read _; kill -CONT {ids}"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true, // the shell says which process has ended
        };
        return new(Process.Start(start)!);
    }

    /// <summary>Lets them continue.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
