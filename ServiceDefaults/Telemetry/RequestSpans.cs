using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Gives ASP.NET Core's span of a request what it does not have by itself: the conventional name, the route and the status (OpenTelemetry
/// semantic conventions for HTTP spans).
/// </summary>
internal static class RequestSpans
{
    public static void UseRequestSpans(this WebApplication app) =>
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } span)
            {
                await next(context);
                return;
            }

            if (IsProbe(context.Request))
            {
                // One every few seconds, by whoever watches the service: it would drown what one wants to see.
                span.IsAllDataRequested = false;
                span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }

            // Whoever handles an exception forgets the endpoint.
            var endpoint = context.GetEndpoint();
            await next(context);
            Describe(span, context, endpoint);
        });

    private static bool IsProbe(HttpRequest request) =>
        request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || request.Path.StartsWithSegments("/alive", StringComparison.Ordinal);

    private static void Describe(Activity span, HttpContext context, Endpoint? endpoint)
    {
        var method = context.Request.Method;
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/');
        span.DisplayName = string.IsNullOrEmpty(route) ? method : $"{method} {route}";
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
