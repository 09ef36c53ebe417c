namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    /// <summary>The command line; it is part of the configuration.</summary>
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly. Defaults to the one that was started.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The folder of the AppHost's project. Defaults to what the build wrote into its assembly.</summary>
    public string? ProjectDirectory { get; set; }

    public bool DisableDashboard { get; set; }
}
