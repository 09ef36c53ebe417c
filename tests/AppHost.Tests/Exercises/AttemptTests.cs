using System.Text.RegularExpressions;

namespace AppHost.Tests.Exercises;

/// <summary>Runs the commands of the exercises 1 to 3, each on databases and a broker of its own.</summary>
public sealed class AttemptTests
{
    /// <summary>It starts 24 processes, and waits for each. On a busy machine that takes minutes.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("01-save-then-send", @"^Attempt 1: saved 100, arrived \d+: lost [1-9]\d*, doubled 0$")]
    [InlineData("02-outbox-alone", @"^Attempt 2: saved 100, arrived \d+: lost 0, doubled [1-9]\d*$")]
    [InlineData("03-outbox-and-inbox", "^Attempt 3: saved 100, arrived 100: lost 0, doubled 0$")]
    public async Task Attempt_1_loses_messages_attempt_2_doubles_some_and_attempt_3_does_neither(string folder, string tally)
    {
        var steps = new Exercise(folder).Steps.ToArray();
        var commands = Assert.Single(steps, step => step.Groups["commands"].Success).Groups["commands"].Value;
        var written = await RunAppHostAsync(Exercise.ArgumentsOf(commands)!);
        Assert.Matches(new Regex(tally, RegexOptions.Multiline), written);
        Assert.All(steps.SelectMany(step => Exercise.Quoted(step.Groups["seen"].Value)), seen => Assert.Contains(seen, written));
    }

    [Fact]
    public async Task An_attempt_that_does_not_exist_is_refused_in_one_sentence()
    {
        using var appHost = AppHostProcess.Start("test", null, "--Demo:Attempt=4");
        Assert.Equal(1, await appHost.EndedAsync());
        Assert.Equal("'4' is not an attempt: set Demo:Attempt to 1, 2 or 3.", appHost.Written[^1]);
    }

    /// <returns>What it has written until it has ended by itself.</returns>
    private static async Task<string> RunAppHostAsync(string[] arguments)
    {
        var volumes = $"test-{Guid.NewGuid():N}";
        using var appHost = AppHostProcess.Start(volumes, null, arguments);
        try
        {
            Assert.Equal(0, await appHost.EndedAsync(Longest));
            await appHost.WaitUntilNothingIsLeftAsync();
            return string.Join('\n', appHost.Written);
        }
        finally
        {
            await TestVolumes.RemoveAsync(volumes);
        }
    }
}
