using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Processes;

/// <summary>The commands that everything has that runs: start, stop and restart.</summary>
internal static class LifecycleCommands
{
    public static void AddTo(IResource resource)
    {
        if (resource is not (ProjectResource or ContainerResource or ExecutableResource))
        {
            return;
        }

        Add(resource, KnownResourceCommands.StartCommand, "Start", "Start resource", "Play", StartState,
            (orchestrator, ct) => orchestrator.StartResourceAsync(resource, ct));
        Add(resource, KnownResourceCommands.StopCommand, "Stop", "Stop resource", "Stop", StopState,
            (orchestrator, _) => orchestrator.StopResourceAsync(resource));
        Add(resource, KnownResourceCommands.RestartCommand, "Restart", "Restart resource", "ArrowCounterclockwise", RestartState,
            async (orchestrator, ct) =>
            {
                await orchestrator.StopResourceAsync(resource);
                return await orchestrator.StartResourceAsync(resource, ct);
            });
    }

    private static void Add(
        IResource resource,
        string name,
        string displayName,
        string description,
        string icon,
        Func<string?, ResourceCommandState> state,
        Func<Orchestrator, CancellationToken, Task<ExecuteCommandResult>> execute) =>
        resource.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName,
            context => state(context.ResourceSnapshot.State?.Text),
            context => execute(context.ServiceProvider.GetRequiredService<Orchestrator>(), context.CancellationToken),
            description,
            parameter: null,
            confirmationMessage: null,
            icon,
            IconVariant.Filled,
            isHighlighted: name is not "restart"));

    private static ResourceCommandState StartState(string? state) =>
        IsBetween(state) ? ResourceCommandState.Disabled : IsStopped(state) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden;

    private static ResourceCommandState StopState(string? state) =>
        state == KnownResourceStates.Stopping ? ResourceCommandState.Disabled
        : IsStopped(state) ? ResourceCommandState.Hidden
        : ResourceCommandState.Enabled;

    private static ResourceCommandState RestartState(string? state) =>
        IsBetween(state) || IsStopped(state) ? ResourceCommandState.Disabled : ResourceCommandState.Enabled;

    private static bool IsBetween(string? state) => state == KnownResourceStates.Starting || state == KnownResourceStates.Stopping;

    private static bool IsStopped(string? state) =>
        state is null || state == KnownResourceStates.NotStarted || KnownResourceStates.TerminalStates.Contains(state);
}
