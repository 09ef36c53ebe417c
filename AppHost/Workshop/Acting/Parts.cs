using System.Collections.Concurrent;

namespace AppHost.Workshop.Acting;

/// <summary>The processes of the system: what state each is in, and what can be done to it.</summary>
internal sealed class Parts(
    DemoSystem system, ResourceNotificationService notifications, ResourceCommandService commands, Story story) : IDisposable
{
    private readonly (IResource Resource, string Role)[] _all = [.. system.Parts];
    private readonly ConcurrentDictionary<string, CustomResourceSnapshot> _snapshots = new();
    private readonly ConcurrentDictionary<string, Pause> _paused = new();
    private readonly Lock _pausing = new();

    /// <summary>All parts as the page shows them.</summary>
    public IEnumerable<object> All => _all.Select(part =>
    {
        var name = part.Resource.Name;
        var snapshot = _snapshots.GetValueOrDefault(name);
        return new
        {
            name,
            role = part.Role,
            state = IsPaused(name) ? "Paused" : snapshot?.State?.Text ?? "Unknown",
            isRunning = IsRunning(name),
            isHealthy = snapshot?.HealthStatus is null or Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy,
            hasProcess = snapshot?.Id() is not null || part.Resource is not ContainerResource,
            pauseMissing = Pause.Missing,
        };
    });

    public bool IsPaused(string name) => _paused.ContainsKey(name);

    public bool IsRunning(string name) => _snapshots.GetValueOrDefault(name)?.State?.Text == KnownResourceStates.Running;

    /// <summary>Addresses of the replicas that can answer.</summary>
    public Uri[] Addresses(IEnumerable<ProjectResource> replicas) =>
    [
        .. replicas.Where(replica => IsRunning(replica.Name) && !IsPaused(replica.Name))
            .Select(replica => new Uri(replica.GetEndpoint("http").Url)),
    ];

    /// <summary>Follows the states, until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            var name = change.Resource.Name;
            if (_all.All(part => part.Resource.Name != name))
            {
                continue;
            }

            var before = _snapshots.GetValueOrDefault(name)?.State?.Text;
            _snapshots[name] = change.Snapshot;
            var now = change.Snapshot.State?.Text;
            if (before is not null && now != before && RoleOf(name) is { } role)
            {
                Tell(name, role, now);
            }
        }
    }

    /// <summary>Does something to a part.</summary>
    /// <returns>Why it was not done. Null if it was.</returns>
    public async Task<string?> DoAsync(string name, string action, CancellationToken cancellationToken)
    {
        if (RoleOf(name) is null)
        {
            return $"There is no {name}.";
        }

        if (ReasonAgainst(name, action) is { } reason)
        {
            return $"{name} {reason}.";
        }

        if (action is "outage")
        {
            // It takes a while, and the page tells of it at once.
            story.Tell(Happenings.Outage);
        }

        if (action is not "pause" && _paused.TryRemove(name, out var pause))
        {
            // A paused process does not hear that it shall end.
            pause.Dispose();
        }

        return action switch
        {
            "pause" => StartPause(name),
            "continue" => null,
            "crash" => Failure(ResourceProcess.Kill(name, _snapshots.GetValueOrDefault(name))),
            "stop" or "start" or "outage" => Failure(await commands.ExecuteCommandAsync(name, action switch
            {
                "stop" => KnownResourceCommands.StopCommand,
                "start" => KnownResourceCommands.StartCommand,
                _ => action,
            }, cancellationToken)),
            _ => $"{action} is nothing that can be done.",
        };
    }

    public void Dispose()
    {
        foreach (var name in _paused.Keys)
        {
            if (_paused.TryRemove(name, out var pause))
            {
                pause.Dispose();
            }
        }
    }

    private string? StartPause(string name)
    {
        if (Pause.Missing is { } missing)
        {
            return missing;
        }

        if (_snapshots[name].Id() is not { } id)
        {
            return $"{name} has no process of this machine.";
        }

        lock (_pausing)
        {
            // Whoever comes second must not start another pause: its end would let the process continue.
            if (IsPaused(name))
            {
                return $"{name} is paused already.";
            }

            _paused[name] = Pause.Start(id);
        }

        return null;
    }

    /// <summary>The page offers only what makes sense. But two windows may be open.</summary>
    private string? ReasonAgainst(string name, string action) => action switch
    {
        "continue" when !IsPaused(name) => "is not paused",
        "start" when IsRunning(name) => "runs already",
        "stop" or "crash" or "pause" or "outage" when !IsRunning(name) => "does not run",
        _ => null,
    };

    private string? RoleOf(string name) => _all.FirstOrDefault(part => part.Resource.Name == name).Role;

    private static string? Failure(ExecuteCommandResult result) => result.Success ? null : result.Message ?? "It could not be done.";

    private void Tell(string name, string role, string? state)
    {
        if (KnownResourceStates.TerminalStates.Contains(state))
        {
            _paused.TryRemove(name, out var pause);
            pause?.Dispose();
            story.Tell(Happenings.Ended(role), name);
        }
        else if (state == KnownResourceStates.Running)
        {
            story.Tell(Happenings.Started(role), name);
        }
    }
}
