using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project of this solution.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IComputeResource
{
    private const int InstanceIdLength = 8;

    /// <summary>
    /// The service.instance.id of its telemetry, and the end of its name in the dashboard: by that the dashboard knows which telemetry is
    /// whose.
    /// </summary>
    internal string InstanceId { get; } = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", InstanceIdLength);
}
