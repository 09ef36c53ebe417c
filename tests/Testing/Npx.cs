using System.Diagnostics;

namespace Testing;

/// <summary>npm's runner of packages. The first run of a package downloads it into npm's cache.</summary>
internal static class Npx
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <returns>The exit code, -1 if there is no npx, and what it wrote.</returns>
    public static (int ExitCode, string Output) Run(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("npx", ["--yes", "--prefer-offline", .. arguments])
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
