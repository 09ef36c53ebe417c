using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests.Dashboard;

/// <summary>With a script in the place of the CLI: it writes its process id and that of a child to its output, and waits.</summary>
public sealed class DashboardSupervisorTests : IDisposable
{
    private const string Script = "sleep 1000 & echo $$ $!; wait";

    private readonly Watchdog _watchdog = new();
    private readonly ResourceLog _output = new(TimeProvider.System);

    private CancellationToken Ct { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public void Dispose() => _watchdog.Dispose();

    [Fact]
    public async Task A_dashboard_that_is_killed_is_started_again_without_its_leftovers()
    {
        using var stopping = new CancellationTokenSource();
        var running = RunAsync(stopping.Token);
        var (cli, dashboard) = await IdsOfRunAsync(1);

        Native.Signal(cli, Native.SigKill);
        var (secondCli, secondDashboard) = await IdsOfRunAsync(2);
        await GoneAsync(dashboard);

        await stopping.CancelAsync();
        await running.WaitAsync(Ct);
        await GoneAsync(secondCli);
        await GoneAsync(secondDashboard);
    }

    private Task RunAsync(CancellationToken stopping)
    {
        var options = DashboardOptions.From(new ConfigurationBuilder().Build(), () => 1);
        var command = new ProcessSpec
        {
            FileName = "/bin/sh",
            Arguments = ["-c", Script],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = Path.GetTempPath(),
        };
        var supervisor = new DashboardSupervisor(
            command, options, new ProcessStarter(_watchdog), _output, NullLogger<DistributedApplication>.Instance);
        return supervisor.RunAsync(stopping);
    }

    private async Task<(int Cli, int Dashboard)> IdsOfRunAsync(int run)
    {
        while (_output.Backlog.Count < run)
        {
            await Task.Delay(50, Ct);
        }

        // Time, process id of the script, process id of its child.
        var ids = _output.Backlog[run - 1].Content.Split(' ')[1..].Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray();
        return (ids[0], ids[1]);
    }

    private async Task GoneAsync(int processId)
    {
        while (IsRunning(processId))
        {
            await Task.Delay(50, Ct);
        }
    }

    // A process that has ended and that nobody has waited for yet still has an entry: state Z.
    private static bool IsRunning(int processId) =>
        File.Exists($"/proc/{processId}/stat") && File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Split(' ')[1] != "Z";
}
