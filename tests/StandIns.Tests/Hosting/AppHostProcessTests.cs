using Aspire.Hosting.Processes.Running;
using Aspire.Hosting.Processes.Volumes;
using Tests.Harness;

namespace StandIns.Tests.Hosting;

/// <summary>The demo's own AppHost, ended in every way at every time.</summary>
public sealed class AppHostProcessTests
{
    private const int DuringStartUp = 1;

    // Two databases, the broker and two services.
    private const int WhenRunning = 5;

    private static readonly string[] AllReady =
        ["sender-postgres is ready", "receiver-postgres is ready", "artemis is ready", "sender is ready", "receiver is ready"];

    [AppHostFact]
    public async Task However_and_whenever_it_ends_nothing_of_it_is_left_and_the_next_one_starts()
    {
        var volumes = $"test-{Guid.NewGuid():N}";
        try
        {
            await EndAsync(volumes, Native.SigKill, DuringStartUp);
            await EndAsync(volumes, Native.SigTerm, DuringStartUp);
            await EndAsync(volumes, Native.SigKill, WhenRunning);
            await EndAsync(volumes, Native.SigTerm, WhenRunning);
        }
        finally
        {
            foreach (var folder in Directory.GetDirectories(LocalFolder.Of(AppContext.BaseDirectory), $"{volumes}*"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task EndAsync(string volumes, int signal, int processes)
    {
        using var appHost = AppHostProcess.Start(volumes);
        if (processes == WhenRunning)
        {
            await appHost.WrittenAsync(AllReady);
        }

        var runId = await appHost.RunIdAsync(processes);
        var exitCode = await appHost.EndAsync(signal);

        // Whoever was asked has ended all when it ends; for one that was killed the watchdog does it.
        Assert.Equal(signal == Native.SigTerm ? 0 : 128 + signal, exitCode);
        await Eventually.GetAsync(
            () => Task.FromResult(string.Join(' ', AppHostProcess.ProcessesOf(runId))),
            left => left.Length == 0,
            signal == Native.SigTerm ? TimeSpan.Zero : TimeSpan.FromSeconds(10));
    }
}
