using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Processes.Health;

/// <summary>Runs the health checks of a resource for as long as it runs, and reports them.</summary>
internal sealed class HealthMonitor(
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    HealthCheckService checks,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    TimeProvider time)
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestUnhealthyInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HealthyInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The reports of a resource whose checks have not run yet.</summary>
    public static ImmutableArray<HealthReportSnapshot> PendingReports(IResource resource) =>
        [.. Keys(resource).Select(key => new HealthReportSnapshot(key, Status: null, Description: null, ExceptionText: null))];

    /// <param name="resource">The resource.</param>
    /// <param name="stopped">Cancelled when the resource no longer runs.</param>
    public async Task RunAsync(IResource resource, CancellationToken stopped)
    {
        var keys = Keys(resource).ToHashSet();
        var interval = FirstInterval;
        var ready = false;
        try
        {
            while (true)
            {
                var healthy = keys.Count == 0 || await CheckAsync(resource, keys, stopped);
                if (healthy && !ready)
                {
                    ready = await TryMakeReadyAsync(resource, stopped);
                }

                if (ready && keys.Count == 0)
                {
                    return;
                }

                interval = healthy && ready ? HealthyInterval : TimeSpan.FromTicks(Math.Min(interval.Ticks * 3 / 2, LongestUnhealthyInterval.Ticks));
                await Task.Delay(interval, time, stopped);
                interval = healthy ? FirstInterval : interval;
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return;
        }
    }

    private static IEnumerable<string> Keys(IResource resource) =>
        resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).Distinct();

    private async Task<bool> CheckAsync(IResource resource, HashSet<string> keys, CancellationToken stopped)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        timeout.CancelAfter(CheckTimeout);
        ImmutableArray<HealthReportSnapshot> reports;
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), timeout.Token);
            reports =
            [
                .. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                    ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString()) { LastRunAt = now }
                    : new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check '{key}' is registered.", null) { LastRunAt = now }),
            ];
        }
        catch (OperationCanceledException) when (!stopped.IsCancellationRequested)
        {
            var reason = $"No result within {CheckTimeout.TotalSeconds:0} s.";
            reports = [.. keys.Select(key => new HealthReportSnapshot(key, HealthStatus.Unhealthy, reason, null) { LastRunAt = now })];
        }

        await PublishAsync(resource, snapshot => snapshot with { HealthReports = reports }, stopped);
        return reports.All(report => report.Status == HealthStatus.Healthy);
    }

    private async Task<bool> TryMakeReadyAsync(IResource resource, CancellationToken stopped)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), stopped);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What follows the first healthy report, such as the creation of a database, is tried again with the next check.
            HealthLog.NotReady(loggers.GetLogger(resource), exception.Message);
            return false;
        }

        await PublishAsync(resource, snapshot => snapshot with { IsReady = true }, stopped);
        return true;
    }

    // A result that comes when the resource has stopped says nothing about its next run.
    private Task PublishAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change, CancellationToken stopped) =>
        notifications.PublishUpdateAsync(resource, snapshot => stopped.IsCancellationRequested ? snapshot : change(snapshot));
}
