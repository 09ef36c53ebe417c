using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Api;

/// <summary>
/// Endpoints for operators. In Development they are open. Elsewhere a caller needs the configured API key. Without a configured key they do
/// not exist, so a forgotten setting exposes nothing.
/// </summary>
public static class OperatorEndpoints
{
    /// <summary>The header with the key.</summary>
    public const string Header = "X-Api-Key";

    /// <summary>The setting with the key. An empty one does not count.</summary>
    public const string Setting = "Operators:ApiKey";

    /// <summary>Maps a group of endpoints for operators, if they may use it in this environment.</summary>
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

            // Around the whole endpoint. A filter would run after the request was parsed, and tell strangers about bad ids.
            ((IEndpointConventionBuilder)operators).Add(endpoint =>
            {
                var next = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context => Allows(hash, context.Request) ? next(context) : RefuseAsync(context);
            });
            map(operators);
        }
    }

    /// <summary>Compares hashes in constant time, so that nobody can find the key or its length by measuring.</summary>
    private static bool Allows(byte[] hash, HttpRequest request) =>
        request.Headers[Header] is [{ } sent] && CryptographicOperations.FixedTimeEquals(hash, Hash(sent));

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static Task RefuseAsync(HttpContext context)
    {
        // A 401 must name a scheme (RFC 9110, 15.5.2).
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
