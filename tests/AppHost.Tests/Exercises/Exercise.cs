using System.Text.RegularExpressions;

namespace AppHost.Tests.Exercises;

/// <summary>An exercise of the workshop, as its README.md has it.</summary>
internal sealed partial class Exercise(string folder)
{
    private readonly string _text = File.ReadAllText(Path.Combine(Workshop, folder, "README.md"));

    /// <summary>The folders of all exercises, in their order.</summary>
    public static IEnumerable<string> Folders => Directory.GetDirectories(Workshop, "0*").Select(path => Path.GetFileName(path)).Order();

    /// <summary>The arguments with which the workshop's page starts the demo.</summary>
    public static string[] StartArguments => StartCommand().Match(File.ReadAllText(Path.Combine(Workshop, "README.md")))
        .Groups["arguments"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Workshop => Solution.PathOf("docs/workshop");

    /// <summary>
    /// What its steps say, from top to bottom: a button to press (<c>button</c> and <c>resource</c>), commands of a terminal
    /// (<c>commands</c>), or what the reader then sees (<c>seen</c>).
    /// </summary>
    public IEnumerable<Match> Steps => Step().Matches(Section("What to do"));

    /// <summary>The code to take out: its <c>file</c>, the <c>line</c>, and the test that fails then, with its <c>project</c>.</summary>
    public Match Break => BrokenCode().Match(Section("Now break the code"));

    /// <returns>The arguments of the AppHost, if these commands start it.</returns>
    public static string[]? ArgumentsOf(string commands) => StartCommand().Match(commands) is { Success: true } start
        ? start.Groups["arguments"].Value.Split(' ')
        : null;

    /// <summary>The texts in backticks.</summary>
    public static IEnumerable<string> Quoted(string text) => CodeSpan().Matches(text).Select(span => span.Groups["code"].Value);

    private string Section(string title) => _text.Split($"\n## {title}\n")[1].Split("\n## ")[0];

    [GeneratedRegex(@"dotnet run --project AppHost -- (?<arguments>.+)")]
    private static partial Regex StartCommand();

    [GeneratedRegex(
        """
        ^\ *```bash\n(?<commands>.+?)\n\ *```$
        | \*(?<button>[^*\n]+)\*\ at\ `(?<resource>[\w-]+)`
        | You\ see\ (?<seen>(`[^`]*`|[^`.])*)
        """,
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Step();

    [GeneratedRegex("`(?<code>[^`]*)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(
        @"\]\((?<file>[^)]+)\):\n\n```csharp\n(?<line>.+)\n```\n\n[^\n]+\n\n```sh\ndotnet test (?<project>\S+) --filter (?<test>\w+)\n```")]
    private static partial Regex BrokenCode();
}
