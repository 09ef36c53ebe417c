using System.Diagnostics;

namespace Messaging.Tests;

/// <summary>A short run of the benchmarks, with release builds.</summary>
public sealed class SpeedTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(20);

    /// <summary>A ratio within one run, and half of what is asked: only a change of the code that costs much fails it.</summary>
    [LongFact]
    public async Task Relay_and_receiver_reach_half_of_the_asked_ratio_to_the_client_alone()
    {
        string[] arguments =
            ["run", "--project", "tests/Benchmarks", "-c", "Release", "--", "relay", "inbox", "--messages", "10000", "--rounds", "3"];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Solution.PathOf(".") };
        var (exitCode, figures, failures) = await Programs.RunAsync(start, Deadline);
        Assert.True(exitCode == 0, $"{failures}\n{figures}");
    }
}
