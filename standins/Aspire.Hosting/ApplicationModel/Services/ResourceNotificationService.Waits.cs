using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

public partial class ResourceNotificationService
{
    private static readonly string[] UnavailableStates =
        [.. KnownResourceStates.TerminalStates, KnownResourceStates.RuntimeUnhealthy];

    private WaitBehavior DefaultWaitBehavior =>
        _services.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior;

    /// <param name="resourceName">The resource.</param>
    /// <param name="targetState">The state to wait for. Defaults to Running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits for one of several states and returns the one that was reached.</summary>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        string[] states = [.. targetStates];
        var reached = await WaitForResourceAsync(resourceName, change => change.Snapshot.IsIn(states), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException($"The application was stopped before the resource '{resourceName}' reached the state.");
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until the resource runs, all of its health checks succeed, and what follows that (such as the creation of
    /// databases) is done.</summary>
    /// <exception cref="DistributedApplicationException">The resource has ended, and <paramref name="waitBehavior"/> says not to wait for
    /// another start.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName,
            change => change.Snapshot.IsHealthyAndReady() || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && change.Snapshot.IsIn(UnavailableStates)),
            cancellationToken);
        return reached.Snapshot.IsHealthyAndReady() ? reached : throw Unavailable(reached, "become healthy");
    }

    /// <summary>Waits for everything that the resource says it waits for.</summary>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken) =>
        Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitForDependencyAsync(wait, cancellationToken)));

    private async Task WaitForDependencyAsync(WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var behavior = wait.WaitBehavior ?? DefaultWaitBehavior;
        if (wait.WaitType == WaitType.WaitUntilHealthy)
        {
            await WaitForResourceHealthyAsync(name, behavior, cancellationToken);
            return;
        }

        var untilStarted = wait.WaitType == WaitType.WaitUntilStarted;
        var reached = await WaitForResourceAsync(
            name,
            change => untilStarted
                ? change.Snapshot.IsIn([KnownResourceStates.Running])
                    || (behavior == WaitBehavior.StopOnResourceUnavailable && change.Snapshot.IsIn(UnavailableStates))
                : change.Snapshot.IsIn(UnavailableStates),
            cancellationToken);

        if (untilStarted && !reached.Snapshot.IsIn([KnownResourceStates.Running]))
        {
            throw Unavailable(reached, "start");
        }

        if (!untilStarted
            && (reached.Snapshot.IsIn([KnownResourceStates.FailedToStart])
                || reached.Snapshot.ExitCode is not { } exitCode
                || exitCode != wait.ExitCode))
        {
            throw new DistributedApplicationException(
                $"Resource '{name}' has entered the '{reached.Snapshot.State?.Text}' state with exit code "
                + $"'{reached.Snapshot.ExitCode}', expected '{wait.ExitCode}'.");
        }
    }

    private static DistributedApplicationException Unavailable(ResourceEvent reached, string what)
    {
        var message = reached.Snapshot.IsIn([KnownResourceStates.FailedToStart])
            ? $"Stopped waiting for resource '{reached.Resource.Name}' to {what} because it failed to start."
            : $"Stopped waiting for resource '{reached.Resource.Name}' to {what} because it is in the state '{reached.Snapshot.State?.Text}'.";
        return new DistributedApplicationException(reached.Snapshot.FailureReason is { } reason ? $"{message} {reason}" : message);
    }
}
