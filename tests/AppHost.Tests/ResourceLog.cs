using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Tests;

internal static class ResourceLog
{
    /// <summary>The lines that a resource has written since it was started last, as the dashboard shows them.</summary>
    public static async Task<IReadOnlyList<string>> LogAsync(
        this DistributedApplication app, string resource, CancellationToken cancellationToken)
    {
        var current = await app.ResourceNotifications.WaitForResourceAsync(resource, _ => true, cancellationToken);
        var log = new List<string>();
        await foreach (var lines in app.Services.GetRequiredService<ResourceLoggerService>()
            .GetAllAsync(current.ResourceId).WithCancellation(cancellationToken))
        {
            log.AddRange(lines.Select(line => line.Content));
        }

        return log;
    }
}
