using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>Tells on the AppHost's console what a user wants to know without opening the dashboard: what is ready, and what has gone
/// wrong.</summary>
internal sealed partial class ConsoleReporter(
    ResourceNotificationService notifications, ResourceLoggerService loggers, ILogger<DistributedApplication> logger, TimeProvider time)
{
    private const int LastLines = 20;

    private readonly CancellationTokenSource _ended = new();
    private Task _watching = Task.CompletedTask;

    public void Begin()
    {
        LogStarted();
        _watching = WatchAsync(time.GetTimestamp());
    }

    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await _watching;
    }

    /// <summary>A resource has ended without having been asked to.</summary>
    public Task EndedAsync(IResource resource, int exitCode)
    {
        if (exitCode != 0)
        {
            var lines = loggers.GetLog(resource.Name).Backlog.TakeLast(LastLines).Select(line => line.Content).ToArray();
            var advice = lines.Select(KnownTrouble.Advice).FirstOrDefault(found => found is not null) ?? "start it again from the dashboard";
            LogEnded(resource.Name, exitCode, advice, string.Concat(lines.Select(line => $"{Environment.NewLine}  {line}")));
        }

        return Task.CompletedTask;
    }

    public void FailedToStart(IResource resource, string reason) => LogFailedToStart(resource.Name, reason);

    private async Task WatchAsync(long start)
    {
        var reported = new Dictionary<string, string>();
        try
        {
            await foreach (var change in notifications.WatchAsync(_ended.Token))
            {
                var state = change.Snapshot.IsHealthyAndReady()
                    ? "ready"
                    : change.Snapshot.State?.Text ?? string.Empty;
                if (change.Resource is not IResourceWithEndpoints || reported.GetValueOrDefault(change.Resource.Name) == state)
                {
                    continue;
                }

                // Once healthy, it stays "ready" here until it stops: a check that fails now and then is for the dashboard.
                if (state == "ready")
                {
                    LogReady(change.Resource.Name, time.GetElapsedTime(start).TotalSeconds, Urls(change.Snapshot), Note(change.Snapshot));
                }
                else if (state == KnownResourceStates.Running)
                {
                    continue;
                }

                reported[change.Resource.Name] = state;
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return;
        }
    }

    private static string Urls(CustomResourceSnapshot snapshot) =>
        string.Join(' ', snapshot.Urls.Where(url => !url.IsInternal).Select(url => url.Url).Prepend(string.Empty));

    private static string Note(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == KnownProperties.Note)?.Value is { } note ? $" ({note})" : string.Empty;

    [LoggerMessage(1, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    private partial void LogStarted();

    [LoggerMessage(2, LogLevel.Information, "{Resource} is ready after {Seconds:0.0} s{Urls}{Note}")]
    private partial void LogReady(string resource, double seconds, string urls, string note);

    [LoggerMessage(3, LogLevel.Error, "{Resource} failed to start. {Reason}")]
    private partial void LogFailedToStart(string resource, string reason);

    [LoggerMessage(4, LogLevel.Error, "{Resource} has ended with exit code {ExitCode}: {Advice}. Its last lines:{Lines}")]
    private partial void LogEnded(string resource, int exitCode, string advice, string lines);
}
