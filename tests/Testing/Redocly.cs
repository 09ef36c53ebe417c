using Xunit;

namespace Testing;

/// <summary>A test that needs npm's @redocly/cli. It is skipped where npx cannot run it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedoclyFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsThere = new(() => Redocly.Run("--version").ExitCode == 0);

    public RedoclyFactAttribute() => Skip = IsThere.Value ? null : $"npx cannot run {Redocly.Package}: install Node 20 with npm.";
}

/// <summary>Redocly's checks of OpenAPI documents. The first run downloads them into npm's cache.</summary>
public static class Redocly
{
    public const string Package = "@redocly/cli@2.77.0";

    /// <summary>Fails if a document has an error.</summary>
    public static async Task AssertIsValidAsync(string document)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, document);
            var (exitCode, output) = Run("lint", file);
            Assert.True(exitCode == 0, output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc cref="Npx.Run"/>
    internal static (int ExitCode, string Output) Run(params string[] arguments) => Npx.Run([Package, .. arguments]);
}
