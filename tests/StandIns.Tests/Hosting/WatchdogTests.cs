using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;

namespace StandIns.Tests.Hosting;

public sealed class WatchdogTests
{
    private static readonly Dictionary<string, string> Path = new() { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };

    [Fact]
    public async Task What_runs_when_the_pipe_closes_is_ended()
    {
        using var watchdog = new Watchdog();
        var process = Start(watchdog, new ResourceLog(TimeProvider.System), "exec sleep 600");

        // As when the AppHost dies: the pipe closes and nobody has stopped anything.
        watchdog.Dispose();

        Assert.Equal(128 + Native.SigTerm, await process.Exited.InTime());
    }

    [Fact]
    public async Task What_ignores_the_polite_signal_is_killed()
    {
        using var watchdog = new Watchdog();
        var log = new ResourceLog(TimeProvider.System);
        var process = Start(watchdog, log, "trap '' TERM; echo deaf; while :; do sleep 1; done");
        await FirstLineAsync(log);

        watchdog.Dispose();

        Assert.Equal(128 + Native.SigKill, await process.Exited.InTime());
    }

    [Fact]
    public async Task A_grandchild_that_has_left_the_session_is_ended_too()
    {
        using var watchdog = new Watchdog();
        var log = new ResourceLog(TimeProvider.System);
        Start(watchdog, log, "setsid sh -c 'echo $$; exec sleep 600' & wait");
        var grandchild = int.Parse((await FirstLineAsync(log)).Split(' ')[1], CultureInfo.InvariantCulture);

        watchdog.Dispose();

        await AssertEndsAsync(grandchild);
    }

    [Fact]
    public async Task What_has_ended_by_itself_is_forgotten()
    {
        using var watchdog = new Watchdog();
        var process = Start(watchdog, new ResourceLog(TimeProvider.System), "exit 3");

        Assert.Equal(3, await process.Exited.InTime());
    }

    private static ManagedProcess Start(Watchdog watchdog, ResourceLog log, string script) => new ProcessStarter(watchdog).Start(
        new ProcessSpec { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/", Environment = Path }, log);

    private static async Task<string> FirstLineAsync(ResourceLog log)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var lines in log.WatchAsync(deadline.Token))
        {
            return lines[0].Content;
        }

        throw new InvalidOperationException("The process has written nothing.");
    }

    private static async Task AssertEndsAsync(int processId)
    {
        try
        {
            await Process.GetProcessById(processId).WaitForExitAsync().InTime();
        }
        catch (ArgumentException)
        {
            // Gone already.
            return;
        }
    }
}
