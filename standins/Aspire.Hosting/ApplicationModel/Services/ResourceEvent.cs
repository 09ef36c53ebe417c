namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource and what is known of it at one moment.</summary>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What a wait that says nothing about it does when the resource that it waits for ends.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.StopOnResourceUnavailable;
}
