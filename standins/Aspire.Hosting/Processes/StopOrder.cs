using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes;

/// <summary>Stops resources in the reverse of the order in which they need each other: first who uses, then what is used.</summary>
internal sealed class StopOrder(IEnumerable<ResourceRunner> runners)
{
    private readonly Dictionary<IResource, ResourceRunner> _runners = runners.ToDictionary(runner => runner.Resource);
    private readonly Dictionary<ResourceRunner, Task> _stops = [];

    public Task StopAsync(Func<ResourceRunner, Task> stop) =>
        Task.WhenAll(_runners.Values.ToArray().Select(runner => StopAfterUsersAsync(runner, stop)));

    private Task StopAfterUsersAsync(ResourceRunner runner, Func<ResourceRunner, Task> stop)
    {
        if (_stops.TryGetValue(runner, out var stopping))
        {
            return stopping;
        }

        // Resources may refer to each other in a circle: whoever is met for a second time is not waited for.
        _stops[runner] = Task.CompletedTask;
        var users = _runners.Values
            .Where(user => user != runner && Uses(user.Resource).Contains(runner))
            .Select(user => StopAfterUsersAsync(user, stop))
            .ToArray();
        return _stops[runner] = StopThenAsync();

        async Task StopThenAsync()
        {
            await Task.WhenAll(users);
            await stop(runner);
        }
    }

    private IEnumerable<ResourceRunner> Uses(IResource user) => user.Annotations
        .OfType<ResourceRelationshipAnnotation>()
        .Select(relationship => RunnerOf(relationship.Resource))
        .OfType<ResourceRunner>();

    // Whoever uses a database uses its server.
    private ResourceRunner? RunnerOf(IResource resource) =>
        _runners.TryGetValue(resource, out var runner) ? runner
        : resource is IResourceWithParent child ? RunnerOf(child.Parent)
        : null;
}
