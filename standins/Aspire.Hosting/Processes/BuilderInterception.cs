using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Processes;

/// <summary>
/// How Aspire.Hosting.Testing gets hold of the builder of an AppHost that it runs: for the flow of execution that runs the AppHost's
/// entry point, and no other.
/// </summary>
internal abstract class BuilderInterception
{
    private static readonly AsyncLocal<BuilderInterception?> CurrentFlow = new();

    public static BuilderInterception? Current
    {
        get => CurrentFlow.Value;
        set => CurrentFlow.Value = value;
    }

    /// <summary>Before a builder is made from these options.</summary>
    public abstract void Creating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    /// <summary>When the AppHost calls Build. May throw, to end the entry point there.</summary>
    public abstract void Building(DistributedApplicationBuilder builder);
}
