namespace AppHost.Tests.Exercises;

/// <summary>The line that each exercise takes out, and the test that it says fails then.</summary>
public sealed class BrokenCodeTests
{
    public static TheoryData<string> Folders => [.. Exercise.Folders];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task An_exercise_names_one_line_of_code_and_one_test(string folder)
    {
        var broken = new Exercise(folder).Break;
        Assert.True(broken.Success, "It names no line, or no test.");

        var code = Path.Combine(Solution.PathOf("docs/workshop"), folder, broken.Groups["file"].Value);
        Assert.Single(await File.ReadAllLinesAsync(code), line => line.Trim() == broken.Groups["line"].Value);

        var project = Solution.PathOf(broken.Groups["project"].Value);
        Assert.Single(Directory.GetFiles(project, "*.csproj"));
        var tests = Directory.GetFiles(project, "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadAllLines);
        Assert.Single(tests, line => line.Contains($" {broken.Groups["test"].Value}(", StringComparison.Ordinal));
    }
}
