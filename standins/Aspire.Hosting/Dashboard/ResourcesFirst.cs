using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Lets the resources start first. The dashboard's start takes as much of a small machine as that of two services, and the resources
/// were ready four seconds later when all wanted to have it at once.
/// </summary>
internal static class ResourcesFirst
{
    /// <summary>Waits until every resource that starts with the application is ready or has failed, but no longer than that.</summary>
    public static async Task WaitAsync(
        DistributedApplicationModel model, ResourceNotificationService notifications, TimeSpan patience, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        enough.CancelAfter(patience);
        try
        {
            await Task.WhenAll(model.Resources
                .Where(resource => resource is IResourceWithEndpoints && !resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
                .Select(resource => notifications.WaitForResourceAsync(resource.Name, IsSettled, enough.Token)));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // It takes long, so there is something to be seen.
        }
    }

    private static bool IsSettled(ResourceEvent change) =>
        change.Snapshot.IsHealthyAndReady() || change.Snapshot.IsIn(KnownResourceStates.TerminalStates);
}
