using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>
/// Starts processes, each in a session of its own: so that Ctrl-C in the terminal reaches the AppHost alone, and the process can be ended
/// together with its children. The watchdog knows each of them.
/// </summary>
internal sealed class ProcessStarter(Watchdog watchdog)
{
    public ManagedProcess Start(ProcessSpec spec, ResourceLog log)
    {
        watchdog.Start();
        string[] command = [.. NewSession.Command, .. spec.Prefix, spec.FileName, .. spec.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        // Found by the watchdog even if the AppHost dies before it has told it the process id.
        start.Environment[Watchdog.Marker] = watchdog.Id;
        var process = Process.Start(start) ?? throw new StartFailureException($"{spec.FileName} could not be started.");
        watchdog.Add(process.Id, spec.StopSignal);
        process.StandardInput.Write(spec.Input);
        process.StandardInput.Close();
        return new ManagedProcess(process, spec.StopSignal, log, watchdog);
    }
}

/// <summary>How a program is started in a new session, without a process in between: its id stays the one that was started.</summary>
internal static class NewSession
{
    private const string PerlScript = "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV or die \"$ARGV[0]: $!\\n\"";

    // macOS has no setsid, but it has perl.
    public static IReadOnlyList<string> Command { get; } =
        Programs.Find("setsid") is { } setsid ? [setsid]
        : Programs.Find("perl") is { } perl ? [perl, "-e", PerlScript]
        : throw new StartFailureException("Processes need the program 'setsid' (package util-linux) or perl: install one of them.");
}
