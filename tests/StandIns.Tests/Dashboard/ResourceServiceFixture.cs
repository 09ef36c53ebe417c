using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.ResourceService;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests.Dashboard;

/// <summary>A resource service over an application of two resources that no engine runs.</summary>
public sealed class ResourceServiceFixture : IAsyncLifetime
{
    internal const string ApiKey = "the key of the tests";

    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private GrpcServer? _server;

    internal ErrorLog Log { get; } = new();

    internal ProjectResource Sender { get; } = new("sender");

    internal ParameterResource Password { get; } = new("password", _ => "secret", secret: true);

    internal ResourceLoggerService Loggers { get; } = new();

    internal ResourceNotificationService Notifications { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Notifications = new(
            NullLogger<ResourceNotificationService>.Instance, new ApplicationLifetime(), _services, Loggers);
        var resources = new ResourceCollection { Sender, Password };
        var model = new DistributedApplicationModel(resources);
        var commands = new ResourceCommandService(model, Loggers, _services);
        var service = new DashboardService("Demo", model, Notifications, Loggers, commands);
        _server = await GrpcServer.StartAsync(
            port: 0, service.Methods, new ApiKey(GrpcCaller.ApiKeyHeader, ApiKey), Log, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_server is null)
        {
            return;
        }

        await _server.DisposeAsync();
        _server = null;
        Notifications.Dispose();
        Loggers.Dispose();
        await _services.DisposeAsync();
    }

    internal GrpcCaller CreateCaller(string? apiKey = ApiKey) => new(_server!.Address, apiKey);

    private sealed class ApplicationLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
