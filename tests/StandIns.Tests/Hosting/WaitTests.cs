using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StandIns.Tests.Hosting;

public sealed class WaitTests
{
    private const string Sleep = "exec sleep 600";

    [Fact]
    public async Task A_program_that_waits_starts_when_the_other_one_has_completed()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            var first = builder.AddShell("first", "sleep 0.3; exit 7");
            builder.AddShell("second", Sleep).WaitForCompletion(first, exitCode: 7);
        });

        await test.WaitForAsync("second", KnownResourceStates.Waiting);
        await test.WaitForAsync("second", KnownResourceStates.Running);
        Assert.Equal(7, test.Snapshot("first").ExitCode);
    }

    [Fact]
    public async Task A_program_does_not_start_when_what_it_waits_for_has_failed()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            var first = builder.AddShell("first", "exit 1");
            builder.AddShell("second", Sleep).WaitForCompletion(first);
        });

        await test.WaitForAsync("second", KnownResourceStates.FailedToStart);
        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => test.Notifications.WaitForResourceHealthyAsync("second", WaitBehavior.StopOnResourceUnavailable, test.Deadline));
        Assert.Contains("exit code '1', expected '0'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_waits_for_what_it_needs_to_become_healthy_however_slow_that_is()
    {
        var isUp = new TaskCompletionSource();
        await using var test = await TestApplication.StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddCheck(
                "up", () => isUp.Task.IsCompleted ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
            var slow = builder.AddShell("slow", Sleep).WithHealthCheck("up");
            builder.AddShell("needy", Sleep).WaitFor(slow);
        });

        await test.Notifications.WaitForResourceAsync("slow", IsCheckedAndRuns, test.Deadline);
        Assert.Equal(HealthStatus.Unhealthy, test.Snapshot("slow").HealthStatus);
        Assert.Equal(KnownResourceStates.Waiting, test.Snapshot("needy").State?.Text);

        isUp.SetResult();
        await test.WaitForAsync("needy", KnownResourceStates.Running);
        Assert.Equal(HealthStatus.Healthy, test.Snapshot("slow").HealthStatus);

        static bool IsCheckedAndRuns(ResourceEvent resource) =>
            resource.Snapshot.State?.Text == KnownResourceStates.Running
            && resource.Snapshot.HealthReports.All(report => report.LastRunAt is not null);
    }

    [Fact]
    public async Task A_program_that_waits_can_be_stopped()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            var first = builder.AddShell("first", Sleep);
            builder.AddShell("second", Sleep).WaitForCompletion(first);
        });

        await test.WaitForAsync("second", KnownResourceStates.Waiting);
        await test.CommandAsync("second", KnownResourceCommands.StopCommand);
        Assert.Equal(KnownResourceStates.Finished, test.Snapshot("second").State?.Text);
    }

    [Fact]
    public async Task Whoever_waits_for_health_after_a_restart_sees_the_new_run()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", Sleep));
        await test.Notifications.WaitForResourceHealthyAsync("program", test.Deadline);
        var first = test.ProcessId("program");

        await test.CommandAsync("program", KnownResourceCommands.RestartCommand);
        await test.Notifications.WaitForResourceHealthyAsync("program", test.Deadline);

        Assert.NotEqual(first, test.ProcessId("program"));
    }
}
