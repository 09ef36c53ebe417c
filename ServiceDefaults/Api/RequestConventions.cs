using System.Text;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Api;

/// <summary>What ASP.NET Core leaves to a service of RFC 9110, for all routes.</summary>
internal static class RequestConventions
{
    /// <summary>Before routing: makes any request one that the endpoints understand.</summary>
    public static async Task BeforeRoutingAsync(HttpContext context, RequestDelegate next)
    {
        // There is only JSON. A server may ignore this header (12.5.1). Otherwise an error would have no ProblemDetails, or become a 500.
        context.Request.Headers.Remove(HeaderNames.Accept);

        if (!TryReadCharset(context.Request))
        {
            await TypedResults.Problem("The charset of the Content-Type is unknown: send JSON as UTF-8.",
                statusCode: StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(context);
            return;
        }

        // HEAD is GET without a body (9.3.2), and the server leaves out the body.
        var method = context.Request.Method;
        context.Request.Method = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        await next(context);
        context.Request.Method = method;
    }

    /// <summary>After routing: an unsupported method has got its Allow header, and OPTIONS (9.3.7) wants just that.</summary>
    public static async Task AfterRoutingAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed } response)
        {
            var allowed = response.Headers.Allow.ToString();
            response.Headers.Allow = (allowed.Contains("GET", StringComparison.Ordinal) ? $"{allowed}, HEAD" : allowed) + ", OPTIONS";
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                response.StatusCode = StatusCodes.Status204NoContent;
            }
        }
    }

    /// <summary>A charset may be quoted (8.3.1), which the reader of JSON does not know.</summary>
    /// <returns>False if it is unknown.</returns>
    private static bool TryReadCharset(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.Charset.HasValue)
        {
            return true;
        }

        try
        {
            type.Charset = Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(type.Charset).ToString()).WebName;
            request.ContentType = type.ToString();
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
