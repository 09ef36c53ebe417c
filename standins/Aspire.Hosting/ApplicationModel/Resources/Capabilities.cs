namespace Aspire.Hosting.ApplicationModel;

// What a resource can do, as marker interfaces: the extension methods ask for them.

/// <summary>A resource with environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource with command line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens on endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource whose start may wait for another resource.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that neither starts nor stops, such as a parameter.</summary>
public interface IResourceWithoutLifetime : IResource;

/// <summary>A resource that can be deployed to a compute environment.</summary>
public interface IComputeResource : IResource;

/// <summary>An environment to which compute resources are deployed.</summary>
public interface IComputeEnvironmentResource : IResource;

/// <summary>A resource that lives in another one, such as a database in its server.</summary>
public interface IResourceWithParent : IResource
{
    IResource Parent { get; }
}

/// <inheritdoc />
public interface IResourceWithParent<out T> : IResourceWithParent
    where T : IResource
{
    IResource IResourceWithParent.Parent => Parent;

    new T Parent { get; }
}
