using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>Knows how to run one kind of resource.</summary>
internal interface ILauncher
{
    bool CanLaunch(IResource resource);

    /// <summary>Finds out, before anything is started, what would keep the resource from starting.</summary>
    /// <exception cref="StartFailureException">What the user has to put right.</exception>
    void Check(IResource resource);

    /// <summary>Whether something will listen on the endpoint.</summary>
    bool Serves(IResource resource, EndpointAnnotation endpoint);

    /// <exception cref="StartFailureException">What the user has to put right.</exception>
    Task<RunningResource> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken);
}

/// <param name="Resource">What is to be run.</param>
/// <param name="Environment">What the model says about the environment.</param>
/// <param name="Arguments">What the model says about the command line.</param>
/// <param name="Log">Where the output goes.</param>
internal sealed record LaunchRequest(
    IResource Resource, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Arguments, ResourceLog Log);

/// <summary>The processes of a resource that runs.</summary>
internal sealed class RunningResource
{
    /// <summary>The process whose end is the end of the resource.</summary>
    public required ManagedProcess Main { get; init; }

    /// <summary>Processes that the main one needs; they are ended after it.</summary>
    public IReadOnlyList<ManagedProcess> Companions { get; init; } = [];

    public ImmutableArray<ResourcePropertySnapshot> Properties { get; init; } = [];

    /// <summary>Called when all processes have ended.</summary>
    public Action? CleanUp { get; init; }

    public async Task StopAsync(TimeSpan grace)
    {
        await Main.StopAsync(grace);
        await Task.WhenAll(Companions.Select(companion => companion.StopAsync(grace)));
        CleanUp?.Invoke();
    }
}
