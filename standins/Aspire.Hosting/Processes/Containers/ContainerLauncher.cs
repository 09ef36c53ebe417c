using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;
using Aspire.Hosting.Processes.Volumes;

namespace Aspire.Hosting.Processes.Containers;

/// <summary>Runs a container by the recipe for its image.</summary>
internal sealed class ContainerLauncher(IEnumerable<IContainerRecipe> recipes, VolumeStore volumes) : ILauncher
{
    public bool CanLaunch(IResource resource) => resource is ContainerResource;

    public void Check(IResource resource)
    {
        RecipeFor(resource).Check();
        if (DataMount(resource) is { } mount)
        {
            volumes.Open(mount);
        }
    }

    public bool Serves(IResource resource, EndpointAnnotation endpoint) =>
        (endpoint.TargetPort ?? endpoint.Port) is { } port && RecipeFor(resource).ListensOn(port);

    public async Task<RunningResource> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        var container = (ContainerResource)request.Resource;
        var mount = DataMount(container);
        var volume = mount is null ? volumes.CreateEphemeral(container.Name) : volumes.Open(mount);
        try
        {
            var running = await RecipeFor(container).StartAsync(
                new ContainerRun(
                    container,
                    ImageOf(container).Tag ?? "latest",
                    volume.Path,
                    targetPort => PortFor(container, targetPort),
                    request.Environment,
                    request.Arguments,
                    request.Log),
                cancellationToken);
            return new RunningResource
            {
                Main = running.Main,
                Companions = running.Companions,
                Properties = running.Properties,
                // A container without a volume starts empty each time.
                CleanUp = mount is null ? volume.Delete : null,
            };
        }
        catch when (mount is null)
        {
            volume.Delete();
            throw;
        }
    }

    private static ContainerImageAnnotation ImageOf(IResource resource) => resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()
        ?? throw new StartFailureException($"The container '{resource.Name}' has no image: set one with WithImage.");

    private IContainerRecipe RecipeFor(IResource resource)
    {
        var image = ImageOf(resource).Image;
        var known = string.Join(" and ", recipes.Select(recipe => $"'{recipe.Image}'"));
        return recipes.FirstOrDefault(recipe => image == recipe.Image || image == $"library/{recipe.Image}")
            ?? throw new StartFailureException(
                $"The container '{resource.Name}' cannot run without a container engine: of images, only {known} run as local processes, "
                + $"and it has '{image}'.");
    }

    // A volume without a name ends with its container: as if there were none.
    private ContainerMountAnnotation? DataMount(IResource resource) => resource.Annotations
        .OfType<ContainerMountAnnotation>()
        .LastOrDefault(mount => mount.Source is not null && RecipeFor(resource).IsDataFolder(mount.Target));

    private static int PortFor(ContainerResource container, int targetPort) => container.Annotations
        .OfType<EndpointAnnotation>()
        .FirstOrDefault(endpoint => (endpoint.TargetPort ?? endpoint.Port) == targetPort)?.AllocatedEndpoint?.Port
        ?? throw new StartFailureException($"The container '{container.Name}' has no endpoint for the port {targetPort} of "
            + "its image: add one with WithEndpoint.");
}
