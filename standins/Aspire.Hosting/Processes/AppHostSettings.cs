using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Processes;

/// <summary>The settings of an AppHost that the engine knows; the keys are Aspire's.</summary>
internal static class AppHostSettings
{
    public const string OperationKey = "AppHost:Operation";
    public const string PublisherKey = "Publishing:Publisher";
    public const string RandomizePortsKey = "DcpPublisher:RandomizePorts";

    public const string PublishNeedsPackages =
        "Publishing needs the real Aspire packages: build without the property UseStandIns, with a NuGet feed that has Aspire.Hosting.Docker.";

    public static DistributedApplicationOperation Operation(IConfiguration configuration) =>
        string.Equals(configuration[OperationKey], "publish", StringComparison.OrdinalIgnoreCase) || configuration[PublisherKey] is not null
            ? DistributedApplicationOperation.Publish
            : DistributedApplicationOperation.Run;

    /// <summary>Whether every endpoint gets a free port, whatever port it asks for: so that tests can run beside each other.</summary>
    public static bool RandomizePorts(IConfiguration configuration) => configuration.GetValue(RandomizePortsKey, defaultValue: false);
}
