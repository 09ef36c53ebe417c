using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>
/// A gRPC server on this machine's loopback address: Kestrel, HTTP/2 without TLS. By hand, because Grpc.AspNetCore is not on every
/// feed, and because of gRPC this needs five methods, no compression and no deadlines.
/// </summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GrpcServer(WebApplication application) => _application = application;

    /// <summary>Where the server listens.</summary>
    public Uri Address => new(_application.Urls.Single());

    /// <param name="port">0 takes a free one.</param>
    /// <param name="methods">Handlers by request path: <c>/package.Service/Method</c>.</param>
    /// <param name="apiKey">Null lets everybody in.</param>
    /// <param name="logger">Is told of handlers that fail.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<GrpcServer> StartAsync(
        int port,
        IReadOnlyDictionary<string, Func<GrpcCall, Task>> methods,
        ApiKey? apiKey,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        // Empty: this server must not take the AppHost's ASPNETCORE_URLS, which is where the dashboard listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, LifetimeOfTheAppHost>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
            options.AddServerHeader = false;
            // A client stream may be silent for hours and is never complete: messages are limited one by one instead.
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MaxRequestBodySize = null;
        });

        var application = builder.Build();
        var dispatcher = new GrpcDispatcher(methods, apiKey, logger, application.Lifetime.ApplicationStopping);
        application.Run(dispatcher.HandleAsync);
        await application.StartAsync(cancellationToken);
        return new GrpcServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    /// <summary>Ctrl-C is the AppHost's to handle: the dashboard is to show how the resources stop.</summary>
    private sealed class LifetimeOfTheAppHost : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
