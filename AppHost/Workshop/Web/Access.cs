using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AppHost.Workshop.Web;

/// <summary>
/// Who may use the page: whoever has the link with the token, from this machine and from this page. The page can kill processes, so no
/// other page in the same browser may send it a request.
/// </summary>
internal sealed class Access(int port)
{
    private static readonly CookieOptions CookieOptions = new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" };

    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly string[] _hosts = [$"localhost:{port}", $"127.0.0.1:{port}", $"[::1]:{port}"];

    /// <summary>Cookies do not know ports, and two AppHosts may run.</summary>
    private readonly string _cookie = $"workshop-{port}";

    /// <summary>The link for the browser. Its host is the dashboard's too, so a link there counts as one of the same site.</summary>
    public string Link => $"http://{_hosts[0]}/?token={_token}";

    /// <summary>Refuses everything else.</summary>
    public void Guard(IApplicationBuilder app) => app.Use((context, next) =>
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";
        (response.Headers.XContentTypeOptions, response.Headers["Referrer-Policy"]) = ("nosniff", "no-referrer");
        response.Headers.CacheControl = "no-store";

        // A name of another site may lead to this machine (DNS rebinding), and another page may send requests here.
        if (!_hosts.Contains(request.Host.Value) || request.Headers.Origin.Any(origin => origin != $"http://{request.Host}")
            || request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"] && !HttpMethods.IsGet(request.Method))
        {
            return RefuseAsync(response, StatusCodes.Status403Forbidden, "This page takes requests only from itself.");
        }

        if (request.Path == "/" && IsToken(request.Query["token"]))
        {
            // The token does not stay in the address, which people show to a room.
            response.Cookies.Append(_cookie, _token, CookieOptions);
            response.Redirect("/");
            return Task.CompletedTask;
        }

        return IsToken(request.Cookies[_cookie])
            ? next(context)
            : RefuseAsync(response, StatusCodes.Status401Unauthorized, "Open the link that the AppHost printed when it started.");
    });

    private bool IsToken(string? sent) =>
        sent is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(_token));

    private static Task RefuseAsync(HttpResponse response, int status, string why)
    {
        response.StatusCode = status;
        return response.WriteAsync(why);
    }
}
