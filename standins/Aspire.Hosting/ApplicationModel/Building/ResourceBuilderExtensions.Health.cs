using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a health check that is registered in the AppHost's services under <paramref name="key"/>.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource => builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>Adds a health check that asks an HTTP endpoint.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Defaults to the root.</param>
    /// <param name="statusCode">What the endpoint answers if all is well. Defaults to 200.</param>
    /// <param name="endpointName">Defaults to https or, if there is none, http.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints => builder.WithHttpHealthCheck(() => HttpEndpoint(builder.Resource, endpointName), path, statusCode);

    /// <inheritdoc cref="WithHttpHealthCheck{T}(IResourceBuilder{T}, string?, int?, string?)" />
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        var expected = statusCode ?? 200;
        var selector = endpointSelector ?? (() => HttpEndpoint(builder.Resource, endpointName: null));
        var key = $"{builder.Resource.Name}_{selector().EndpointName}_{path}_{expected}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, _ => new HttpEndpointHealthCheck(selector, path ?? "/", expected), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    private static EndpointReference HttpEndpoint(IResourceWithEndpoints resource, string? endpointName)
    {
        var name = endpointName ?? (FindEndpoint(resource, "https") is not null ? "https" : "http");
        var endpoint = new EndpointReference(resource, name);
        return endpoint.Exists
            ? endpoint
            : throw new DistributedApplicationException(
                $"Could not create HTTP health check for resource '{resource.Name}' as the endpoint with name '{name}' was not found.");
    }
}
