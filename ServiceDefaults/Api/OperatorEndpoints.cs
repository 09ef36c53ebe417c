using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Api;

/// <summary>
/// Endpoints that show and mend what happens inside a service. In Development they are open; elsewhere a caller needs the API key that is
/// configured, and where none is configured there are no such endpoints: nothing is exposed by forgetting a setting.
/// </summary>
public static class OperatorEndpoints
{
    /// <summary>The header in which a caller sends the key.</summary>
    public const string Header = "X-Api-Key";

    /// <summary>The setting that holds the key; empty counts as none.</summary>
    public const string Setting = "Operators:ApiKey";

    /// <summary>Maps what <paramref name="map"/> adds to a group of <paramref name="prefix"/>, as far as operators may use it here.</summary>
    public static void MapOperators(this WebApplication app, string prefix, Action<RouteGroupBuilder> map)
    {
        if (app.Environment.IsDevelopment())
        {
            map(app.MapGroup(prefix));
        }
        else if (app.Configuration[Setting] is { Length: > 0 } key)
        {
            var operators = app.MapGroup(prefix).WithMetadata(NeedsApiKey.Instance).ProducesProblem(StatusCodes.Status401Unauthorized);
            var hash = Hash(key);

            // Around the whole endpoint and not a filter, which comes after the request was parsed: strangers are not even told of bad ids.
            ((IEndpointConventionBuilder)operators).Add(endpoint =>
            {
                var next = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context => Allows(hash, context.Request) ? next(context) : RefuseAsync(context);
            });
            map(operators);
        }
    }

    /// <summary>Compares hashes, in constant time: neither the key's letters nor its length can be found by measuring.</summary>
    private static bool Allows(byte[] hash, HttpRequest request) =>
        request.Headers[Header] is [{ } sent] && CryptographicOperations.FixedTimeEquals(hash, Hash(sent));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static Task RefuseAsync(HttpContext context)
    {
        // An answer of 401 has to name a scheme (RFC 9110, 15.5.2).
        context.Response.Headers.WWWAuthenticate = "ApiKey";
        return TypedResults.Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                detail: $"This is for operators: send the key that is configured as {Setting} in the header {Header}.")
            .ExecuteAsync(context);
    }

    /// <summary>Marks endpoints that need the key, for Swagger.</summary>
    internal sealed class NeedsApiKey
    {
        public static readonly NeedsApiKey Instance = new();
    }
}
