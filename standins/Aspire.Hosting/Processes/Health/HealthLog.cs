using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes.Health;

internal static partial class HealthLog
{
    [LoggerMessage(1, LogLevel.Error, "The resource is healthy, but what was to follow has failed and is tried again: {Reason}")]
    public static partial void NotReady(ILogger logger, string reason);
}
