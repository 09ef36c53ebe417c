using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>
/// What the dashboard knows a resource by. Of what sends telemetry that is <c>name-instance</c>: only then does the dashboard see
/// that the telemetry of service <c>name</c>, instance <c>instance</c>, is this resource's. It shows the display name.
/// </summary>
internal static class DashboardName
{
    public static string Of(IResource resource) =>
        resource is ProjectResource project ? $"{project.Name}-{project.InstanceId}" : resource.Name;
}
