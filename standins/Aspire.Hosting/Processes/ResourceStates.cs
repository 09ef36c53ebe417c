using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Health;

namespace Aspire.Hosting.Processes;

/// <summary>Publishes the steps in the life of a resource. What lives in it, such as a database in its server, takes them too.</summary>
internal sealed class ResourceStates(
    DistributedApplicationModel model, ResourceNotificationService notifications, HealthMonitor health, TimeProvider time)
{
    public async Task PublishAsync(
        IResource resource, Transition transition, Func<CustomResourceSnapshot, CustomResourceSnapshot>? details = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await notifications.PublishUpdateAsync(resource, snapshot =>
        {
            var after = transition.Apply(resource, snapshot, now);
            return details is null ? after : details(after);
        });

        foreach (var child in ChildrenOf(resource))
        {
            await PublishAsync(child, transition);
        }
    }

    /// <summary>Runs the health checks of the resource and of what lives in it, until it stops.</summary>
    public Task MonitorAsync(IResource resource, CancellationToken stopped) => Task.WhenAll(
        ChildrenOf(resource).Select(child => MonitorAsync(child, stopped)).Prepend(health.RunAsync(resource, stopped)));

    private IEnumerable<IResource> ChildrenOf(IResource resource) =>
        model.Resources.Where(candidate => candidate is IResourceWithParent child && child.Parent == resource);
}
