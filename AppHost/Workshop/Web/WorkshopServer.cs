using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace AppHost.Workshop.Web;

/// <summary>Serves the page, what it shows, and what its buttons do.</summary>
internal sealed class WorkshopServer
{
    private static readonly string Page = Path.Combine(AppContext.BaseDirectory, "Workshop", "Page");

    private WorkshopServer(string link) => Link = link;

    /// <summary>The link to the page, with the token.</summary>
    public string Link { get; }

    /// <summary>Starts it, on a port of this machine only. It ends with the AppHost.</summary>
    public static async Task<WorkshopServer> StartAsync(
        DemoSystem system, IServiceProvider services, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<IConfiguration>();
        var access = new Access(int.TryParse(settings["Demo:WorkshopPort"], out var port) ? port : port = FreePort());
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        services.GetServices<ILoggerProvider>().ToList().ForEach(provider => builder.Logging.AddProvider(provider));
        var app = builder.Build();
        access.Guard(app);

        var pipeline = new Pipeline(system, services, DashboardOf(settings));
        var files = new PhysicalFileProvider(Page);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        Map(app, pipeline, stopping);

        await app.StartAsync(cancellationToken);
        var work = pipeline.RunAsync(stopping);
        stopping.Register(() => _ = EndAsync(app, pipeline, work));
        return new(access.Link);
    }

    private static void Map(IEndpointRouteBuilder app, Pipeline pipeline, CancellationToken stopping)
    {
        app.MapGet("/events", (CancellationToken cancellationToken) => TypedResults.ServerSentEvents(
            pipeline.Feed.ReadAsync(CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping).Token)));
        app.MapGet("/messages/{id:guid}", (Guid id, CancellationToken cancellationToken) =>
            pipeline.DescribeAsync(id, cancellationToken));
        app.MapGet("/source", (string file) =>
            SourceCode.Read(file) is { } text ? Results.Text(text) : Results.NotFound());
        app.MapPost("/actions/{action}", async (string action, int? count, CancellationToken cancellationToken) =>
            Answer(await pipeline.ActAsync(action, count ?? 1, cancellationToken)));
        app.MapPost("/parts/{name}/{action}", async (string name, string action, CancellationToken cancellationToken) =>
            Answer(await pipeline.BreakAsync(name, action, cancellationToken)));
    }

    /// <param name="problem">Why it was not done. Null if it was.</param>
    private static IResult Answer(string? problem) =>
        problem is null ? TypedResults.NoContent() : TypedResults.Text(problem, statusCode: StatusCodes.Status409Conflict);

    /// <summary>Both addresses of "localhost" get the same port, which the system cannot choose by itself.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? DashboardOf(IConfiguration settings) => settings["ASPNETCORE_URLS"]?.Split(';')[0];

    private static async Task EndAsync(WebApplication app, Pipeline pipeline, Task work)
    {
        await pipeline.DisposeAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
    }
}
