
namespace AppHost.Tests;

/// <summary>The AppHost in a terminal, as a person runs and interrupts it.</summary>
public sealed class AppHostInterruptTests : IAsyncLifetime
{
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task Ctrl_C_in_the_terminal_ends_all_of_it()
    {
        foreach (var duringStartUp in (bool[])[true, false])
        {
            using var appHost = AppHostProcess.StartInTerminal(_volumes);
            await (duringStartUp ? appHost.WaitUntilADatabaseIsCreatedAsync() : appHost.WaitUntilServicesRunAsync());
            await appHost.PressCtrlCAsync();
            await appHost.EndedAsync();
            await appHost.WaitUntilNothingIsLeftAsync();
            Assert.DoesNotContain(appHost.Written, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal)); // a stack trace
        }

        Assert.Empty(TestVolumes.DatabaseLocks(_volumes));
    }
}
