using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace Testing;

/// <summary>A service in a process of its own. Only a process shows how a service ends.</summary>
public static class ServiceProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Runs a service that cannot start. It must end by itself, with an exit code that scripts notice, and write one line.
    /// </summary>
    /// <param name="sentence">A part of that line.</param>
    /// <param name="service">The service.</param>
    /// <param name="settings">Its configuration: <c>Outbox:Queue=…</c>.</param>
    public static async Task AssertSaysWhyItCannotStartAsync(string sentence, Assembly service, params string[] settings)
    {
        var (exitCode, error) = await RunAsync(service, settings);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(sentence, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <returns>Its exit code and what it wrote to standard error.</returns>
    private static async Task<(int ExitCode, string Error)> RunAsync(Assembly service, params string[] settings)
    {
        string[] arguments = [service.Location, .. settings.Select(setting => $"--{setting}")];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = await process.StandardError.ReadToEndAsync(timeout.Token);
            await output;
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
