using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>Runs programs that do their work and end, such as initdb.</summary>
internal sealed partial class ToolRunner(ProcessStarter processes)
{
    /// <exception cref="StartFailureException">The program has ended with an error; the message has what it said of it.</exception>
    public async Task RunAsync(ProcessSpec spec, string what, ResourceLog log, CancellationToken cancellationToken)
    {
        var process = processes.Start(spec, log);
        using var cancellation = cancellationToken.Register(process.Kill);
        var exitCode = await process.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            var reason = Reason(log);
            var advice = KnownTrouble.Advice(reason) ?? "see the log of the resource";
            throw new StartFailureException(
                $"{what} failed (exit code {exitCode}): {reason}. Please {advice}; the folder is {spec.WorkingDirectory}.");
        }
    }

    // The line that names the error, or else the last one.
    private static string Reason(ResourceLog log)
    {
        var errors = log.Backlog.Where(line => line.IsErrorMessage).Select(line => line.Content).ToArray();
        var error = errors.LastOrDefault(line => ErrorLine().IsMatch(line)) ?? errors.LastOrDefault() ?? "it said nothing";
        return ErrorLine().Replace(error, string.Empty).Trim().TrimEnd('.');
    }

    [GeneratedRegex(@"^.*?\b(FATAL|PANIC|ERROR|error):\s*")]
    private static partial Regex ErrorLine();
}
