using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace StandIns.Tests.Hosting;

public sealed class CommandTests
{
    [Fact]
    public async Task A_command_is_enabled_as_its_resource_says_and_gives_its_answer()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", "exec sleep 600").WithCommand(
            "greet",
            "Greet",
            context => Task.FromResult(CommandResults.Failure($"hello from {context.ResourceName}")),
            new CommandOptions
            {
                UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                    ? ResourceCommandState.Enabled
                    : ResourceCommandState.Hidden,
            }));
        await test.WaitForAsync("program", KnownResourceStates.Running);
        Assert.Equal(ResourceCommandState.Enabled, State(test, "greet"));
        Assert.Equal(ResourceCommandState.Hidden, State(test, KnownResourceCommands.StartCommand));

        var result = await test.Application.ResourceCommands.ExecuteCommandAsync("program", "greet", test.Deadline);
        Assert.Equal("hello from program", result.Message);

        await test.CommandAsync("program", KnownResourceCommands.StopCommand);
        Assert.Equal(ResourceCommandState.Hidden, State(test, "greet"));
        Assert.Equal(ResourceCommandState.Enabled, State(test, KnownResourceCommands.StartCommand));
    }

    [Fact]
    public async Task A_command_that_throws_has_failed()
    {
        await using var test = await TestApplication.StartAsync(builder => builder.AddShell("program", "exec sleep 600")
            .WithCommand("break", "Break", _ => throw new InvalidOperationException("broken")));

        var result = await test.Application.ResourceCommands.ExecuteCommandAsync("program", "break", test.Deadline);

        Assert.False(result.Success);
        Assert.Equal("broken", result.Message);
    }

    private static ResourceCommandState State(TestApplication test, string command) =>
        test.Snapshot("program").Commands.Single(candidate => candidate.Name == command).State;
}
