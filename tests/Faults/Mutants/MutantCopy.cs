namespace Faults.Mutants;

/// <summary>A copy of the solution with one mutant in it. It is built in its own folder, apart from the product.</summary>
internal sealed class MutantCopy : IDisposable
{
    private static readonly string[] LeftOut = [".git", ".local", "artifacts", "bin", "obj"];

    private readonly string _folder;

    private MutantCopy(string folder) => _folder = folder;

    /// <summary>Where its builds are.</summary>
    public string Builds => Path.Combine(_folder, "artifacts", "bin");

    /// <summary>Debug or release, as this program was built.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static async Task<MutantCopy> CreateAsync(Mutant mutant)
    {
        var folder = Solution.PathOf($"artifacts/mutants/{mutant.Name}");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Copy(new DirectoryInfo(Solution.PathOf(".")), folder);
        return await mutant.ApplyAsync(folder) is { } reason ? throw new InvalidOperationException(reason) : new MutantCopy(folder);
    }

    public async Task BuildAsync(params string[] projects)
    {
        foreach (var project in projects)
        {
            string[] asItIs = ["-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "--disable-build-servers"];
            var (exitCode, output) = await DotnetAsync(["build", project, .. asItIs]);
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"{project} does not build: {output}");
            }
        }
    }

    public Task<(int ExitCode, string Output)> TestAsync(string project, string tests) =>
        DotnetAsync(["test", project, "--no-build", "--filter", $"FullyQualifiedName~{tests}"]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int ExitCode, string Output)> DotnetAsync(string[] arguments) =>
        Command.RunAsync(_folder, "dotnet", [.. arguments, "-nologo", "-c", Configuration]);

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (var folder in from.EnumerateDirectories().Where(folder => !LeftOut.Contains(folder.Name)))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }
}
