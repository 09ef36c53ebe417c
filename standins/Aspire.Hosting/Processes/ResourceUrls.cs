using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes;

/// <summary>The URLs of a resource: one for each endpoint, as the resource's callbacks want them, and those that it was given.</summary>
internal sealed class ResourceUrls(DistributedApplicationExecutionContext executionContext)
{
    public async Task<ImmutableArray<UrlSnapshot>> GetAsync(IResource resource, CancellationToken cancellationToken)
    {
        List<ResourceUrlAnnotation> urls = [.. EndpointUrls(resource), .. resource.Annotations.OfType<ResourceUrlAnnotation>()];
        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context);
        }

        return
        [
            .. context.Urls.Select(url => new UrlSnapshot(
                url.Endpoint?.EndpointName, url.Url, IsInternal: url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
            {
                IsInactive = true,
                DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? string.Empty, url.DisplayOrder ?? 0),
            }),
        ];
    }

    private static IEnumerable<ResourceUrlAnnotation> EndpointUrls(IResource resource) => resource is not IResourceWithEndpoints owner
        ? []
        : resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.AllocatedEndpoint is not null)
            .Select(endpoint => new ResourceUrlAnnotation
            {
                Url = endpoint.AllocatedEndpoint!.UriString,
                Endpoint = new EndpointReference(owner, endpoint),
            });
}
