using System.Text.Json;
using Tests.Harness;

namespace AppHost.Tests;

/// <summary>The AppHost as a process: however and whenever it ends, nothing of it is left and the next one starts.</summary>
public sealed class AppHostEndTests : IAsyncLifetime
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    private IEnumerable<string> DatabaseLocks => Directory
        .GetDirectories(Solution.PathOf(".local"), $"{_volumes}*-postgres")
        .Select(folder => Path.Combine(folder, "data", "postmaster.pid"))
        .Where(File.Exists);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task However_and_whenever_it_ends_nothing_is_left_and_the_next_one_starts()
    {
        await EndAsync(SigKill, duringStartUp: true);
        await EndAsync(SigTerm, duringStartUp: true);
        await EndAsync(SigKill, duringStartUp: false);
        await EndAsync(SigTerm, duringStartUp: false);
        Assert.Empty(DatabaseLocks); // a database that was killed would have left one
    }

    [Fact]
    public async Task Ctrl_C_in_the_terminal_ends_all_of_it()
    {
        foreach (var duringStartUp in (bool[])[true, false])
        {
            using var appHost = AppHostProcess.StartInTerminal(_volumes);
            await ReachAsync(appHost, duringStartUp);
            await appHost.PressCtrlCAsync();
            await appHost.EndedAsync();
            await AssertNothingIsLeftAsync(appHost);
        }

        Assert.Empty(DatabaseLocks);
    }

    [Fact]
    public async Task What_the_user_can_change_is_said_in_one_sentence_at_the_terminal()
    {
        var taken = AppHostProcess.FreeAddress();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, taken.Port);
        listener.Start();
        await AssertSaysAsync($"Port {taken.Port} is taken, which the dashboard needs: stop the program", new() { ["ASPNETCORE_URLS"] = taken.AbsoluteUri });
        await AssertSaysAsync("'17' is not a number of replicas for 'sender': set it to a number from 1 to 16.", new() { ["Demo__Senders"] = "17" });
        await AssertSaysAsync("Demo:Infrastructure is 'cloud': set it to containers or processes", new() { ["Demo__Infrastructure"] = "cloud" });
    }

    [Fact]
    public async Task A_program_that_is_missing_is_said_at_the_terminal_and_the_dashboard_stays()
    {
        using var appHost = AppHostProcess.Start(_volumes, new Dictionary<string, string>
        {
            ["Demo__Infrastructure"] = "processes",
            ["PG_BIN"] = "/nowhere",
            ["ARTEMIS_HOME"] = "/nowhere/either",
        });
        await appHost.WrittenAsync("sender-postgres cannot start. PG_BIN is '/nowhere', and there is no postgres in it: set it to the right folder");
        await appHost.WrittenAsync("artemis cannot start. ARTEMIS_HOME is '/nowhere/either', and there is no bin/artemis in it: set it to the right");
        await appHost.EndAsync(SigTerm);
        await AssertNothingIsLeftAsync(appHost);
    }

    [Fact]
    public async Task What_is_published_describes_containers()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{_volumes}.json");
        using var appHost = AppHostProcess.Start(_volumes, null, "--publisher", "manifest", "--output-path", file);
        Assert.Equal(0, await appHost.EndedAsync());
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        File.Delete(file);

        var resources = manifest.RootElement.GetProperty("resources");
        Assert.Equal("docker.io/library/postgres:17.6", resources.GetProperty("sender-postgres").GetProperty("image").GetString());
        Assert.Equal("docker.io/apache/artemis:2.56.0-alpine", resources.GetProperty("artemis").GetProperty("image").GetString());
        Assert.Equal($"{_volumes}-artemis", resources.GetProperty("artemis").GetProperty("volumes")[0].GetProperty("name").GetString());
        Assert.Equal("project.v0", resources.GetProperty("receiver").GetProperty("type").GetString());
        Assert.Equal(
            "{artemis.connectionString}", resources.GetProperty("sender").GetProperty("env").GetProperty("ConnectionStrings__artemis").GetString());
    }

    private async Task EndAsync(int signal, bool duringStartUp)
    {
        using var appHost = AppHostProcess.Start(_volumes);
        await ReachAsync(appHost, duringStartUp);
        var exitCode = await appHost.EndAsync(signal);
        if (!duringStartUp)
        {
            Assert.Equal(signal == SigKill ? 128 + SigKill : 0, exitCode);
        }

        await AssertNothingIsLeftAsync(appHost);
    }

    /// <summary>During start-up a database is being created; otherwise the services run, which wait for the databases.</summary>
    private static async Task ReachAsync(AppHostProcess appHost, bool duringStartUp)
    {
        if (duringStartUp)
        {
            await Eventually.GetAsync(
                () => Task.FromResult(appHost.Processes), processes => processes.Any(process => process.Contains("postgres", StringComparison.Ordinal)));
        }
        else
        {
            await appHost.WrittenAsync(AppHostProcess.Started);
            await Eventually.GetAsync(
                () => Task.FromResult(appHost.Processes),
                processes => processes.Any(process => process.Contains("SenderService.dll", StringComparison.Ordinal)
                    || process.EndsWith("SenderService ", StringComparison.Ordinal)));
        }
    }

    private static async Task AssertNothingIsLeftAsync(AppHostProcess appHost) =>
        await Eventually.GetAsync(() => Task.FromResult(string.Join('\n', appHost.Processes)), left => left.Length == 0);

    private async Task AssertSaysAsync(string sentence, Dictionary<string, string> environment)
    {
        using var appHost = AppHostProcess.Start(_volumes, environment);
        Assert.Equal(1, await appHost.EndedAsync());
        Assert.Contains(sentence, appHost.Written[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(appHost.Written, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }
}
