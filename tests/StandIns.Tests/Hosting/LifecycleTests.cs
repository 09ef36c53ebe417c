using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace StandIns.Tests.Hosting;

public sealed class LifecycleTests
{
    private const string Sleep = "exec sleep 600";

    [Fact]
    public async Task A_program_runs_until_the_application_is_disposed()
    {
        int processId;
        await using (var test = await TestApplication.StartAsync(builder => builder.AddShell("program", Sleep)))
        {
            await test.WaitForAsync("program", KnownResourceStates.Running);
            processId = test.ProcessId("program");
            Assert.False(Process.GetProcessById(processId).HasExited);
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task A_program_that_is_killed_is_finished_and_stays_so_until_it_is_started()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", Sleep));
        await test.WaitForAsync("program", KnownResourceStates.Running);
        var first = test.ProcessId("program");

        Process.GetProcessById(first).Kill();
        await test.WaitForAsync("program", KnownResourceStates.Finished);
        Assert.Equal(137, test.Snapshot("program").ExitCode);

        await test.CommandAsync("program", KnownResourceCommands.StartCommand);
        Assert.Equal(KnownResourceStates.Running, test.Snapshot("program").State?.Text);
        Assert.NotEqual(first, test.ProcessId("program"));
        Assert.Null(test.Snapshot("program").ExitCode);
    }

    [Fact]
    public async Task A_program_that_does_not_listen_to_reason_is_killed()
    {
        await using var test = await TestApplication.StartAsync(
            builder => builder.AddShell("program", "trap '' TERM; echo deaf; while :; do sleep 1; done"));
        await test.LineAsync("program", "deaf");
        var processId = test.ProcessId("program");

        await test.Application.StopAsync(test.Deadline);

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task Whoever_uses_another_one_is_stopped_before_it()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            var used = builder.AddShell("used", Sleep);
            builder.AddShell("user", "trap 'sleep 0.3; exit' TERM; echo up; while :; do sleep 0.05; done").WaitForStart(used);
        });
        await test.LineAsync("user", "up");

        await test.Application.StopAsync(test.Deadline);

        Assert.True(test.Snapshot("user").StopTimeStamp < test.Snapshot("used").StopTimeStamp);
    }

    [Fact]
    public async Task Both_the_one_that_runs_and_the_one_that_has_ended_can_be_restarted()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", Sleep));
        await test.WaitForAsync("program", KnownResourceStates.Running);
        var first = test.ProcessId("program");

        await test.CommandAsync("program", KnownResourceCommands.RestartCommand);
        var second = test.ProcessId("program");
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(first));

        Process.GetProcessById(second).Kill();
        await test.WaitForAsync("program", KnownResourceStates.Finished);
        await test.CommandAsync("program", KnownResourceCommands.RestartCommand);
        Assert.Equal(KnownResourceStates.Running, test.Snapshot("program").State?.Text);
        Assert.NotEqual(second, test.ProcessId("program"));
    }

    [Fact]
    public async Task A_program_with_an_explicit_start_is_started_by_its_command()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", Sleep).WithExplicitStart());
        Assert.Equal(KnownResourceStates.NotStarted, test.Snapshot("program").State?.Text);

        await test.CommandAsync("program", KnownResourceCommands.StartCommand);
        Assert.Equal(KnownResourceStates.Running, test.Snapshot("program").State?.Text);
    }
}
