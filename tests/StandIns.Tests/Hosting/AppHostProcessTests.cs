using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Aspire.Hosting.Processes.Running;
using Aspire.Hosting.Processes.Volumes;
using Tests.Harness;

namespace StandIns.Tests.Hosting;

/// <summary>The demo's own AppHost, ended in every way at every time.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private const int DuringStartUp = 1;

    // Two databases, the broker and two services.
    private const int WhenRunning = 5;

    private static readonly string[] AllReady =
        ["sender-postgres is ready", "receiver-postgres is ready", "artemis is ready", "sender is ready", "receiver is ready"];

    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    private IEnumerable<string> Folders => Directory.GetDirectories(LocalFolder.Of(AppContext.BaseDirectory), $"{_volumes}*");

    [AppHostFact]
    public async Task However_and_whenever_it_ends_nothing_of_it_is_left_and_the_next_one_starts()
    {
        await EndAsync(Native.SigKill, DuringStartUp);
        await EndAsync(Native.SigTerm, DuringStartUp);
        await EndAsync(Native.SigKill, WhenRunning);
        await EndAsync(Native.SigTerm, WhenRunning);
    }

    [AppHostFact]
    public async Task Ctrl_C_in_the_terminal_ends_all_of_it_politely()
    {
        using var appHost = AppHostProcess.StartInTerminal(_volumes);
        await appHost.WrittenAsync(AllReady);
        var runId = await StartedProcesses.RunIdAsync(appHost, WhenRunning);

        // SIGINT reaches `dotnet run` and the AppHost; what the AppHost has started is not in the terminal's foreground.
        await appHost.PressCtrlCAsync();

        Assert.Equal(0, await appHost.EndedAsync());
        Assert.Empty(StartedProcesses.Of(runId));
        // A database that was killed would have left it.
        Assert.DoesNotContain(Folders, folder => File.Exists(Path.Combine(folder, "data", "postmaster.pid")));
    }

    [AppHostFact]
    public async Task Two_run_at_once_and_a_third_one_on_the_same_volumes_says_why_it_does_not()
    {
        using var first = AppHostProcess.Start(_volumes);
        using var second = AppHostProcess.Start($"{_volumes}-other");
        await first.WrittenAsync(AllReady);
        await second.WrittenAsync(AllReady);

        using var third = AppHostProcess.Start(_volumes);
        Assert.Equal(1, await third.EndedAsync());
        var written = Assert.Single(third.Written, line => line.Length > 0);
        Assert.StartsWith($"The volume '{_volumes}-", written, StringComparison.Ordinal);
        Assert.Contains("is in use by another AppHost", written, StringComparison.Ordinal);

        Assert.Equal(0, await first.EndAsync());
        Assert.Equal(0, await second.EndAsync());
    }

    [AppHostFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Databases_and_a_broker_that_are_slow_to_start_are_waited_for()
    {
        using var slow = new SlowPrograms();
        using var appHost = AppHostProcess.Start(_volumes, slow.Environment);
        await appHost.WrittenAsync(AllReady);

        // The services were not started, to fail or to try again and again, before the databases were there.
        var runId = await StartedProcesses.RunIdAsync(appHost, WhenRunning);
        var slowly = Process.GetProcessById(appHost.Id).StartTime.AddSeconds(SlowPrograms.Seconds);
        Assert.InRange(StartedProcesses.TimeOf(runId, "SenderService.dll"), slowly, DateTime.MaxValue);
        Assert.InRange(StartedProcesses.TimeOf(runId, "ReceiverService.dll"), slowly, DateTime.MaxValue);
        var ready = appHost.Written.Where(line => line.Contains(" is ready after ", StringComparison.Ordinal)).ToArray();
        Assert.All(ready, line => Assert.True(SecondsIn(line) >= SlowPrograms.Seconds, line));
        Assert.DoesNotContain(appHost.Written, line => line.StartsWith("fail:", StringComparison.Ordinal));
        Assert.DoesNotContain(appHost.Written, line => line.StartsWith("warn:", StringComparison.Ordinal));
        Assert.Equal(0, await appHost.EndAsync());

        static double SecondsIn(string line) => double.Parse(line.Split("after ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        foreach (var folder in Folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task EndAsync(int signal, int processes)
    {
        using var appHost = AppHostProcess.Start(_volumes);
        if (processes == WhenRunning)
        {
            await appHost.WrittenAsync(AllReady);
        }

        var runId = await StartedProcesses.RunIdAsync(appHost, processes);
        var exitCode = await appHost.EndAsync(signal);

        // Whoever was asked has ended all when it ends; for one that was killed the watchdog does it.
        Assert.Equal(signal == Native.SigTerm ? 0 : 128 + signal, exitCode);
        await Eventually.GetAsync(
            () => Task.FromResult(string.Join(' ', StartedProcesses.Of(runId))),
            left => left.Length == 0,
            signal == Native.SigTerm ? TimeSpan.Zero : null);
    }
}
