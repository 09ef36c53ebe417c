using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Processes;

/// <summary>Prepares the start of a resource: its environment, its arguments, and how it is shown.</summary>
internal sealed class ResourceLaunch(
    ResourceConfiguration configuration, ResourceLoggerService loggers, IDashboard dashboard, IHostEnvironment hostEnvironment)
{
    public async Task<Launched> LaunchAsync(IResource resource, ILauncher launcher, CancellationToken cancellationToken)
    {
        var defaults = resource is ProjectResource ? ProjectDefaults(resource) : [];
        var logger = loggers.GetLogger(resource);
        var environment = await configuration.EnvironmentAsync(resource, defaults, logger, cancellationToken);
        var arguments = await ResourceConfiguration.ArgumentsAsync(resource, cancellationToken);
        var request = new LaunchRequest(resource, environment, arguments, loggers.GetLog(resource.Name));
        return new Launched(
            await launcher.LaunchAsync(request, cancellationToken),
            [.. environment.OrderBy(variable => variable.Key, StringComparer.Ordinal)
                .Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))]);
    }

    // What Aspire gives to every project, before the model says anything about it.
    private Dictionary<string, string> ProjectDefaults(IResource resource)
    {
        var urls = resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https")
            .Select(endpoint => endpoint.AllocatedEndpoint)
            .OfType<AllocatedEndpoint>()
            .Select(endpoint => endpoint.UriString);
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = hostEnvironment.EnvironmentName,
            ["DOTNET_ENVIRONMENT"] = hostEnvironment.EnvironmentName,
            ["ASPNETCORE_URLS"] = string.Join(';', urls),
        };
        Telemetry.AddTo(variables, resource, dashboard.Otlp, hostEnvironment.IsDevelopment());
        return variables;
    }
}

/// <summary>A resource that has just been started.</summary>
internal sealed record Launched(RunningResource Processes, ImmutableArray<EnvironmentVariableSnapshot> Environment)
{
    public CustomResourceSnapshot Describe(CustomResourceSnapshot snapshot)
    {
        var properties = Processes.Properties.Aggregate(
            snapshot.Properties, (all, property) => all.With(property.Name, property.Value, property.IsSensitive));
        return snapshot with { Properties = properties, EnvironmentVariables = Environment };
    }
}
