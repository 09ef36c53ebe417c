using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Health;

namespace Aspire.Hosting.Processes;

/// <summary>A step in the life of a resource, and what it does to what is known of it.</summary>
internal sealed record Transition(string State)
{
    public string? Style { get; init; }

    public int? ExitCode { get; init; }

    public string? FailureReason { get; init; }

    public static Transition Waiting { get; } = new(KnownResourceStates.Waiting) { Style = KnownResourceStateStyles.Info };

    public static Transition Starting { get; } = new(KnownResourceStates.Starting) { Style = KnownResourceStateStyles.Info };

    public static Transition Running { get; } = new(KnownResourceStates.Running) { Style = KnownResourceStateStyles.Success };

    public static Transition Stopping { get; } = new(KnownResourceStates.Stopping) { Style = KnownResourceStateStyles.Info };

    public static Transition Failed(string reason) =>
        new(KnownResourceStates.FailedToStart) { Style = KnownResourceStateStyles.Error, FailureReason = reason };

    /// <summary>The end of a resource: a container exits, everything else finishes, whatever its exit code. As in Aspire.</summary>
    public static Transition Ended(IResource resource, int? exitCode, bool wasAskedTo) =>
        new(resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished)
        {
            ExitCode = exitCode,
            Style = exitCode is null or 0 || wasAskedTo ? KnownResourceStateStyles.Info : KnownResourceStateStyles.Error,
        };

    public CustomResourceSnapshot Apply(IResource resource, CustomResourceSnapshot snapshot, DateTime now)
    {
        var after = snapshot with
        {
            State = new ResourceStateSnapshot(State, Style),
            FailureReason = FailureReason,
            Urls = [.. snapshot.Urls.Select(url => url with { IsInactive = State != KnownResourceStates.Running })],
        };

        if (State == KnownResourceStates.Stopping)
        {
            return after;
        }

        var ended = KnownResourceStates.TerminalStates.Contains(State);
        return after with
        {
            // Whoever waits for the next run to be healthy must not see the health of this one.
            IsReady = false,
            HealthReports = HealthMonitor.PendingReports(resource),
            StartTimeStamp = State == KnownResourceStates.Running ? now : ended ? snapshot.StartTimeStamp : null,
            StopTimeStamp = ended ? now : null,
            ExitCode = ExitCode,
            Properties = snapshot.Properties.With(KnownProperties.ExitCode, ExitCode),
        };
    }
}
