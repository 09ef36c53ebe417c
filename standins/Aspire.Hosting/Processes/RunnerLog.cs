using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>What the engine writes to the log of a resource.</summary>
internal static partial class RunnerLog
{
    [LoggerMessage(1, LogLevel.Error, "Failed to start: {Reason}")]
    public static partial void FailedToStart(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "The process has ended with exit code {ExitCode}.")]
    public static partial void Ended(ILogger logger, int exitCode);
}
