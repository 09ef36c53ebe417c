using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Containers;

/// <summary>How what is in an image runs without a container engine: as local processes.</summary>
internal interface IContainerRecipe
{
    /// <summary>The image, without registry and tag.</summary>
    string Image { get; }

    /// <summary>Where the image keeps its data; the volume that is mounted there keeps it here.</summary>
    bool IsDataFolder(string target);

    /// <summary>Whether it listens on this port of the container.</summary>
    bool ListensOn(int targetPort);

    /// <exception cref="StartFailureException">A program is missing.</exception>
    void Check();

    /// <exception cref="StartFailureException">What the user has to put right.</exception>
    Task<RunningResource> StartAsync(ContainerRun run, CancellationToken cancellationToken);
}

/// <param name="Resource">The container.</param>
/// <param name="Tag">The tag of its image.</param>
/// <param name="DataFolder">The folder for its data.</param>
/// <param name="Port">Gives the port to listen on, by the port in the container.</param>
/// <param name="Environment">What the model sets; not the environment of the AppHost.</param>
/// <param name="Arguments">What the model adds to the command line.</param>
/// <param name="Log">Where the output goes.</param>
internal sealed record ContainerRun(
    ContainerResource Resource,
    string Tag,
    string DataFolder,
    Func<int, int> Port,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Arguments,
    ResourceLog Log);
