using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;

namespace Aspire.Hosting;

public static class DockerComposeEnvironmentExtensions
{
    /// <summary>Says that the application can be published to Docker Compose; without effect on a run.</summary>
    public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(
        this IDistributedApplicationBuilder builder, [ResourceName] string name) =>
        // Not added to the model: publishing is what needs the real package, and it says so before it looks at the model.
        builder.CreateResourceBuilder(new DockerComposeEnvironmentResource(name));
}
