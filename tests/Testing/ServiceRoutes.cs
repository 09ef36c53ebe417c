using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Testing;

/// <summary>A route of a service.</summary>
/// <param name="Method">GET.</param>
/// <param name="Path">The path, with the id of an item in it.</param>
public sealed record ServiceRoute(string Method, string Path)
{
    /// <summary>All routes of a service, those that delete last. A route that is added later is one of them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="items">An item for each route parameter.</param>
    public static IReadOnlyList<ServiceRoute> Of(IServiceProvider service, IReadOnlyDictionary<string, string> items)
    {
        var routes =
            from endpoint in service.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET"]
            orderby method == "DELETE"
            select new ServiceRoute(method, items.Aggregate(
                endpoint.RoutePattern.RawText!,
                (path, item) => path.Replace($"{{{item.Key}}}", item.Value, StringComparison.Ordinal)));
        var all = routes.ToArray();
        Assert.NotEmpty(all);
        Assert.All(all, route => Assert.DoesNotContain("{", route.Path, StringComparison.Ordinal));
        return all;
    }
}
