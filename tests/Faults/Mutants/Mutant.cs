namespace Faults.Mutants;

/// <summary>
/// A small breakage of the product, kept as a patch, so that the product's code knows nothing of it. The first line of the patch says what
/// it does, and the second one what catches it.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Does">What it breaks, in one sentence.</param>
/// <param name="CaughtBy">
/// The suite, which is <c>faults</c>, perhaps with a kind of fault. Otherwise the folder of a test project, and what to run of it.
/// </param>
/// <param name="Patch">The file.</param>
internal sealed record Mutant(string Name, string Does, string CaughtBy, string Patch)
{
    public const string Suite = "faults";
    private const string Prefix = "Caught by: ";

    public static IReadOnlyList<Mutant> All { get; } =
        [.. Directory.GetFiles(Solution.PathOf("tests/Faults/Mutants"), "*.patch").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The suite or a test project.</summary>
    public string Catcher => CaughtBy.Split(' ', 2)[0];

    /// <summary>The option and its value, for the suite. Otherwise the name of tests.</summary>
    public string Arguments => CaughtBy[Catcher.Length..].TrimStart();

    /// <summary>Applies the patch to the solution in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onlyChecks">Changes nothing.</param>
    /// <returns>Why it does not apply any more. Null if it does.</returns>
    public async Task<string?> ApplyAsync(string folder, bool onlyChecks = false)
    {
        // Not part of a repository around it: git would then ignore the files that the repository ignores.
        var environment = ("GIT_CEILING_DIRECTORIES", Path.GetDirectoryName(folder)!);
        var (exitCode, output) = await Command.RunAsync(
            folder, "git", ["apply", .. onlyChecks ? ["--check"] : Array.Empty<string>(), Patch], environment);
        return exitCode == 0 ? null : $"{Name} does not fit the code any more. Make the patch anew. {output}";
    }

    private static Mutant Read(string file)
    {
        var lines = File.ReadLines(file).Take(2).ToArray();
        return lines[1].StartsWith(Prefix, StringComparison.Ordinal)
            ? new(Path.GetFileNameWithoutExtension(file), lines[0], lines[1][Prefix.Length..], file)
            : throw new FormatException($"The second line of {file} does not begin with '{Prefix}'.");
    }
}
