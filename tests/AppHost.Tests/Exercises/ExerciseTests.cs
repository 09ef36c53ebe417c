using System.Text.RegularExpressions;

namespace AppHost.Tests.Exercises;

/// <summary>
/// Does what docs/workshop says, in its order: presses the buttons, runs the commands, and looks for what the reader is to see.
/// </summary>
[Collection(OneWorkshopSystem.Name)]
public sealed class ExerciseTests(WorkshopSystem system)
{
    private const string Sender = "http://localhost:5001";
    private const string Receiver = "http://localhost:5002";

    [Theory]
    [InlineData("01-save-then-send", @"saved 100, arrived \d+: lost [1-9]\d*, doubled 0")]
    [InlineData("02-outbox-alone", @"saved 100, arrived \d+: lost 0, doubled [1-9]\d*")]
    [InlineData("03-outbox-and-inbox", "saved 100, arrived 100: lost 0, doubled 0")]
    public async Task An_attempt_loses_or_doubles_as_its_exercise_says(string folder, string tally)
    {
        var outputs = await DoAsync(folder);
        Assert.Equal(2, outputs.Count); // the log in the dashboard, and the terminal
        Assert.All(outputs, output => Assert.Matches(new Regex(tally), output));
    }

    public static TheoryData<string> Others => [.. Exercise.Folders.Skip(3)];

    [Theory]
    [MemberData(nameof(Others))]
    public async Task An_exercise_shows_what_it_says(string folder) => Assert.NotEmpty(await DoAsync(folder));

    /// <returns>What was promised to be seen, in its order.</returns>
    private async Task<IReadOnlyList<string>> DoAsync(string folder)
    {
        using var terminal = new Terminal();
        var outputs = new List<string>();
        Func<Task<string>> read = () => throw new InvalidOperationException("There is nothing to see yet.");
        foreach (var step in new Exercise(folder).Steps)
        {
            if (step.Groups["button"].Success)
            {
                var resource = step.Groups["resource"].Value;
                await system.PressButtonAsync(resource, step.Groups["button"].Value);
                read = () => system.LogAsync(resource);
            }
            else if (step.Groups["commands"].Success)
            {
                read = await RunAsync(terminal, step.Groups["commands"].Value);
            }
            else
            {
                outputs.Add(await SeeAsync(read, [.. Exercise.Quoted(step.Groups["seen"].Value)]));
            }
        }

        return outputs;
    }

    /// <returns>Reads what the commands show. Commands that only ask are repeated each time.</returns>
    private async Task<Func<Task<string>>> RunAsync(Terminal terminal, string commands)
    {
        if (Exercise.ArgumentsOf(commands) is { } arguments)
        {
            var written = await RunAppHostAsync(arguments);
            return () => Task.FromResult(written);
        }

        using var sender = system.Client(DemoSystem.Sender);
        using var receiver = system.Client(DemoSystem.Receiver);
        var here = commands
            .Replace(Sender, sender.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace(Receiver, receiver.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        var output = await terminal.RunAsync(here);
        var changes = commands.Contains(" -d ", StringComparison.Ordinal) || commands.Contains(" -X ", StringComparison.Ordinal);
        return () => changes ? Task.FromResult(output) : terminal.RunAsync(here);
    }

    private static async Task<string> SeeAsync(Func<Task<string>> read, string[] texts)
    {
        Assert.NotEmpty(texts);
        return await Eventually.GetAsync(
            read, output => texts.All(text => output.Contains(text, StringComparison.Ordinal)), describe: output => $"{output}\n"
                + $"It must contain {string.Join(" and ", texts)}");
    }

    /// <returns>What it has written until it has ended by itself.</returns>
    private static async Task<string> RunAppHostAsync(string[] arguments)
    {
        var volumes = $"test-{Guid.NewGuid():N}";
        using var appHost = AppHostProcess.Start(volumes, null, arguments);
        try
        {
            Assert.Equal(0, await appHost.EndedAsync());
            await appHost.WaitUntilNothingIsLeftAsync();
            return string.Join('\n', appHost.Written);
        }
        finally
        {
            await TestVolumes.RemoveAsync(volumes);
        }
    }
}
