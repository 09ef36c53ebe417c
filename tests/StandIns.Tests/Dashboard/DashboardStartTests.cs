using Aspire.Hosting.Processes.Volumes;
using StandIns.Tests.Hosting;
using Tests.Harness;

namespace StandIns.Tests.Dashboard;

public sealed class DashboardStartTests : IDisposable
{
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    [DashboardFact]
    public async Task The_dashboard_comes_up_where_dotnet_runs_without_cultures()
    {
        // As in many a container, which has no ICU.
        using var appHost = AppHostProcess.Start(_volumes, new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" });

        await appHost.WrittenAsync("Login to the dashboard at ");

        Assert.DoesNotContain(appHost.Written, line => line.Contains("The dashboard has ended", StringComparison.Ordinal));
        Assert.Equal(0, await appHost.EndAsync());
    }

    public void Dispose()
    {
        foreach (var folder in Directory.GetDirectories(LocalFolder.Of(AppContext.BaseDirectory), $"{_volumes}*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
