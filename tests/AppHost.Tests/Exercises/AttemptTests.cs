using System.Text.RegularExpressions;

namespace AppHost.Tests.Exercises;

/// <summary>Runs the commands of the exercises 1 to 3, each on databases and a broker of its own.</summary>
public sealed class AttemptTests
{
    /// <summary>It starts 24 processes, and waits for each. On a busy machine that takes minutes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The last line of each attempt. Attempt 1 loses messages, attempt 2 doubles some, attempt 3 does neither.</summary>
    public static IReadOnlyDictionary<string, Regex> Tallies { get; } = new Dictionary<string, Regex>
    {
        ["01-save-then-send"] = new(@"Attempt 1: saved 100, arrived \d+: lost [1-9]\d*, doubled 0$", RegexOptions.Multiline),
        ["02-outbox-alone"] = new(@"Attempt 2: saved 100, arrived \d+: lost 0, doubled [1-9]\d*$", RegexOptions.Multiline),
        ["03-outbox-and-inbox"] = new("Attempt 3: saved 100, arrived 100: lost 0, doubled 0$", RegexOptions.Multiline),
    };

    /// <summary>One of the three by default: they differ in a number, and the program behind it has its own test.</summary>
    public static TheoryData<string> Commands => [.. LongTests.Choose(usually: Tallies.Keys.TakeLast(1), whenLong: Tallies.Keys)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_command_of_an_attempt_shows_the_tally_and_leaves_nothing_behind(string folder)
    {
        var command = new Exercise(folder).Steps.Last(step => step.Groups["commands"].Success).Groups["commands"].Value;
        var volumes = $"test-{Guid.NewGuid():N}";
        using var appHost = AppHostProcess.Start(volumes, null, Exercise.ArgumentsOf(command)!);
        try
        {
            Assert.Equal(0, await appHost.EndedAsync(Longest));
            await appHost.WaitUntilNothingIsLeftAsync();
            Assert.Matches(Tallies[folder], appHost.Written[^1]);
        }
        finally
        {
            await TestVolumes.RemoveAsync(volumes);
        }
    }

    [Fact]
    public async Task An_attempt_that_does_not_exist_is_refused_in_one_sentence()
    {
        using var appHost = AppHostProcess.Start("test", null, "--Demo:Attempt=4");
        Assert.Equal(1, await appHost.EndedAsync());
        Assert.Equal("'4' is not an attempt: set Demo:Attempt to 1, 2 or 3.", appHost.Written[^1]);
    }
}
