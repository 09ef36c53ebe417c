using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StandIns.Tests.Hosting;

namespace StandIns.Tests.Dashboard;

public sealed class ResourcesFirstTests
{
    private const string Sleep = "exec sleep 600";

    private volatile bool _isUp;

    [Fact]
    public async Task The_dashboard_waits_for_what_becomes_ready_and_not_for_what_has_failed_or_is_started_by_hand()
    {
        await using var test = await StartAsync(builder =>
        {
            // Without a check it would be ready before it has ended.
            builder.AddShell("failed", "exit 1").WithHealthCheck("up");
            builder.AddShell("by-hand", Sleep).WithExplicitStart();
        });
        var waiting = WaitAsync(test, Timeout.InfiniteTimeSpan);
        await test.Notifications.WaitForResourceAsync("failed", KnownResourceStates.TerminalStates, test.Deadline);
        await test.Notifications.WaitForResourceAsync("slow", change => change.Snapshot.HealthStatus == HealthStatus.Unhealthy, test.Deadline);
        Assert.False(waiting.IsCompleted);

        _isUp = true;

        await waiting.WaitAsync(test.Deadline);
        Assert.Equal(HealthStatus.Healthy, test.Snapshot("slow").HealthStatus);
    }

    [Fact]
    public async Task The_dashboard_does_not_wait_for_ever()
    {
        await using var test = await StartAsync(_ => { });

        await WaitAsync(test, patience: TimeSpan.FromMilliseconds(300)).WaitAsync(test.Deadline);

        Assert.NotEqual(HealthStatus.Healthy, test.Snapshot("slow").HealthStatus);
    }

    private Task<TestApplication> StartAsync(Action<IDistributedApplicationBuilder> describe) => TestApplication.StartAsync(builder =>
    {
        builder.Services.AddHealthChecks().AddCheck("up", () => _isUp ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        builder.AddShell("slow", Sleep).WithHealthCheck("up");
        describe(builder);
    });

    private static Task WaitAsync(TestApplication test, TimeSpan patience) => ResourcesFirst.WaitAsync(
        test.Application.Services.GetRequiredService<DistributedApplicationModel>(), test.Notifications, patience, test.Deadline);
}
