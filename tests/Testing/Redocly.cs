using System.Diagnostics;
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
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

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

    /// <returns>The exit code, -1 if there is no npx, and what it wrote.</returns>
    internal static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("npx", ["--yes", "--prefer-offline", Package, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["REDOCLY_TELEMETRY"], start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"]) = ("off", "true");
        start.Environment["npm_config_fetch_retries"] = "0";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Timeout))
            {
                process.Kill(entireProcessTree: true);
            }

            return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
