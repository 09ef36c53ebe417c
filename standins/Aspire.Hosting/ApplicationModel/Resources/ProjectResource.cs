namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project of this solution.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IComputeResource;
