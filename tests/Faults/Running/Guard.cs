using System.Diagnostics;

namespace Faults.Running;

/// <summary>
/// Ends everything that this program has started, also if this program is killed. It is a process of its own, which waits until its
/// standard input is closed. Then it finds the others by a variable in their environment, which they all inherit.
/// </summary>
internal sealed class Guard : IDisposable
{
    private const string Variable = "FAULT_RUN";

    private const string Script = $$"""
        trap '' INT TERM HUP
        cat >/dev/null
        for process in /proc/[0-9]*; do
          if grep -qsz "^{{Variable}}=$1\$" "$process/environ"; then kill -KILL "${process#/proc/}"; fi
        done
        umount --lazy "$2"/* 2>/dev/null
        """;

    private readonly Process _process;

    /// <param name="folder">The folder of the run. Disks that are mounted in it are removed.</param>
    public Guard(string folder)
    {
        var run = Guid.NewGuid().ToString("N");
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", run, folder]) { RedirectStandardInput = true })!;

        // For everything that is started from now on.
        Environment.SetEnvironmentVariable(Variable, run);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
