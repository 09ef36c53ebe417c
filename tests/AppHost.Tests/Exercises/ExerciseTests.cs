namespace AppHost.Tests.Exercises;

/// <summary>
/// Does what the exercises of docs/workshop say, in their order: presses the buttons, runs the commands, and looks for what the reader is
/// to see.
/// </summary>
[Collection(OneWorkshopSystem.Name)]
public sealed class ExerciseTests(WorkshopSystem system)
{
    private const string Sender = "http://localhost:5001";
    private const string Receiver = "http://localhost:5002";

    public static TheoryData<string> Folders => [.. Exercise.Folders];

    [ProgramTheory("curl")]
    [MemberData(nameof(Folders))]
    public async Task An_exercise_shows_what_it_says(string folder)
    {
        using var terminal = new Terminal();
        Func<Task<string>>? read = null;
        foreach (var step in new Exercise(folder).Steps)
        {
            if (step.Groups["button"].Success)
            {
                var resource = step.Groups["resource"].Value;
                await system.PressButtonAsync(resource, step.Groups["button"].Value);
                read ??= () => system.LogAsync(resource);
            }
            else if (Exercise.ArgumentsOf(step.Groups["commands"].Value) is not null)
            {
                // It starts a second AppHost for the same attempt. AttemptTests does it.
                break;
            }
            else if (step.Groups["commands"].Success)
            {
                read = await RunAsync(terminal, step.Groups["commands"].Value);
            }
            else
            {
                await AssertSeenAsync(read!, [.. Exercise.Quoted(step.Groups["seen"].Value)]);
            }
        }

        if (AttemptTests.Tallies.GetValueOrDefault(folder) is { } tally)
        {
            Assert.Matches(tally, await read!());
        }
    }

    /// <returns>Reads what the commands show. Commands that only ask are repeated each time.</returns>
    private async Task<Func<Task<string>>> RunAsync(Terminal terminal, string commands)
    {
        using var sender = system.Client(DemoSystem.Sender);
        using var receiver = system.Client(DemoSystem.Receiver);
        var here = commands
            .Replace(Sender, sender.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace(Receiver, receiver.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        var output = await terminal.RunAsync(here);
        var changes = commands.Contains(" -d ", StringComparison.Ordinal) || commands.Contains(" -X ", StringComparison.Ordinal);
        return () => changes ? Task.FromResult(output) : terminal.RunAsync(here);
    }

    private static async Task AssertSeenAsync(Func<Task<string>> read, string[] texts)
    {
        Assert.NotEmpty(texts);
        await Eventually.GetAsync(
            read,
            output => Array.TrueForAll(texts, text => output.Contains(text, StringComparison.Ordinal)),
            AttemptTests.Longest,
            output => $"{output}\nIt must contain {string.Join(" and ", texts)}");
    }
}
