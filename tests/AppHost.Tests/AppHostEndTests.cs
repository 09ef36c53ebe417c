namespace AppHost.Tests;

/// <summary>The AppHost as a process. The test sends a signal to it.</summary>
public sealed class AppHostEndTests : IAsyncLifetime
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task Nothing_is_left_after_any_end_and_the_next_AppHost_starts()
    {
        await EndAsync(SigTerm, duringStartUp: true);
        await EndAsync(SigKill, duringStartUp: false);
        if (LongTests.AreOn)
        {
            await EndAsync(SigKill, duringStartUp: true);
            await EndAsync(SigTerm, duringStartUp: false);
        }

        Assert.Empty(TestVolumes.DatabaseLocks(_volumes)); // a killed database would have left one
    }

    private async Task EndAsync(int signal, bool duringStartUp)
    {
        using var appHost = AppHostProcess.Start(_volumes);
        await (duringStartUp ? appHost.WaitUntilDatabaseIsCreatedAsync() : appHost.WaitUntilServicesRunAsync());
        var exitCode = await appHost.EndAsync(signal);
        if (!duringStartUp)
        {
            Assert.Equal(signal == SigKill ? 128 + SigKill : 0, exitCode);
        }

        await appHost.WaitUntilNothingIsLeftAsync();
        Assert.DoesNotContain(appHost.Written, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal)); // a stack trace
    }
}
