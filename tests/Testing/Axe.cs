namespace Testing;

/// <summary>npm's axe-core, which finds what makes a page hard to use for some people.</summary>
public static class Axe
{
    private const string Package = "axe-core@4.14.1";

    private static readonly Lazy<(int ExitCode, string Output)> Read = new(() => Npx.Run(
        "--loglevel=error", $"--package={Package}", "--", "node", "-e",
        // npx puts its folder of programs first into the path. The package is beside it.
        "process.stdout.write(require('fs').readFileSync(require('path').join(process.env.PATH.split(':')[0], '../axe-core/axe.min.js')))"));

    /// <summary>Why it cannot be used here. Null if it can.</summary>
    public static string? Missing => Read.Value.ExitCode == 0 ? null : $"npx cannot get {Package}: install Node 20 with npm.";

    /// <summary>The script. It defines <c>axe</c> in the page that runs it.</summary>
    public static string Script => Read.Value.Output;
}
