using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>Runs programs that do their work and end, such as initdb.</summary>
internal sealed class ToolRunner(ProcessStarter processes)
{
    private const int ReasonLines = 3;

    /// <exception cref="StartFailureException">The program has ended with an error; the message has its last words.</exception>
    public async Task RunAsync(ProcessSpec spec, string what, ResourceLog log, CancellationToken cancellationToken)
    {
        var process = processes.Start(spec, log);
        using var cancellation = cancellationToken.Register(process.Kill);
        var exitCode = await process.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        if (exitCode != 0)
        {
            var reason = string.Join(' ', log.Backlog.Where(line => line.IsErrorMessage).TakeLast(ReasonLines).Select(TextOf));
            throw new StartFailureException($"{what} failed (exit code {exitCode}): {reason}");
        }
    }

    private static string TextOf(LogLine line) => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim();
}
