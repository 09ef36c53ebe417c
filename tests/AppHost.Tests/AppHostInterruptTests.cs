namespace AppHost.Tests;

/// <summary>The AppHost in a terminal. A person starts it and interrupts it there.</summary>
public sealed class AppHostInterruptTests : IAsyncLifetime
{
    /// <summary>
    /// Aspire watches its orchestrator. If an endpoint is reported twice, the watch ends with a stack trace, which is not the AppHost's.
    /// </summary>
    private static readonly Dictionary<string, string> NoWatchLog = new()
    {
        ["Logging__LogLevel__Aspire.Hosting.Dcp.DcpExecutor"] = "None",
    };

    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task Ctrl_C_in_the_terminal_ends_the_AppHost_and_all_its_processes()
    {
        foreach (var duringStartUp in LongTests.Choose<bool[]>(usually: [false], whenLong: [true, false]))
        {
            using var appHost = AppHostProcess.StartInTerminal(_volumes, NoWatchLog);
            await (duringStartUp ? appHost.WaitUntilDatabaseIsCreatedAsync() : appHost.WaitUntilServicesRunAsync());
            await appHost.PressCtrlCAsync();
            await appHost.EndedAsync();
            await appHost.WaitUntilNothingIsLeftAsync();
            Assert.DoesNotContain(appHost.Written, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal)); // a stack trace
        }

        Assert.Empty(TestVolumes.DatabaseLocks(_volumes));
    }
}
