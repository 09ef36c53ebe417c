using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.ResourceService;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Processes.Ports;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// The Aspire dashboard beside this application: answers its questions, runs it and says where it is. The addresses and keys are
/// chosen first; the dashboard itself comes when the resources are ready, and nothing waits for it.
/// </summary>
internal sealed partial class DashboardHost(
    string appHostDirectory,
    IConfiguration configuration,
    IHostEnvironment environment,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    ProcessStarter processes,
    PortReservations ports,
    ILogger<DistributedApplication> logger) : IDashboard, IAsyncDisposable
{
    private const string ApiKeyHeader = "x-resource-service-api-key";

    /// <summary>The log of what the dashboard writes, named like the resource that it is under Aspire.</summary>
    private const string LogName = "aspire-dashboard";

    /// <summary>How long the dashboard of an AppHost that was killed may hold the port.</summary>
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long the dashboard waits for resources that are not ready.</summary>
    private static readonly TimeSpan ResourcesPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private GrpcServer? _resourceService;
    private Task _supervision = Task.CompletedTask;

    public OtlpTarget? Otlp { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (AspireCli.Find(appHostDirectory) is not { } cli)
        {
            LogNoCli(AspireCli.HowToInstall);
            return;
        }

        var options = DashboardOptions.From(configuration, ports.ReserveFree);
        foreach (var address in (ListenAddress[])[.. options.Frontend, options.OtlpGrpc, options.OtlpHttp, options.ResourceService])
        {
            await address.EnsureFreeAsync(PortPatience, cancellationToken);
        }

        var service = new DashboardService(ApplicationName(), model, notifications, loggers, commands);
        var apiKey = options.Keys is { } keys ? new ApiKey(ApiKeyHeader, keys.ResourceService) : null;
        _resourceService = await GrpcServer.StartAsync(options.ResourceService.Port, service.Methods, apiKey, logger, cancellationToken);

        Otlp = new OtlpTarget(options.OtlpGrpc.LocalUrl, options.Keys?.Otlp);
        var command = DashboardCommand.Create(cli, options, _resourceService.Address);
        var supervisor = new DashboardSupervisor(command, options, processes, loggers.GetLog(LogName), logger);
        _supervision = SuperviseAsync(supervisor, _stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // The dashboard first: it does not take it well when the resource service goes while a browser looks on.
        await _stopping.CancelAsync();
        await _supervision.WaitAsync(cancellationToken);
        if (_resourceService is not null)
        {
            await _resourceService.DisposeAsync();
            _resourceService = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(DashboardSupervisor supervisor, CancellationToken stopping)
    {
        try
        {
            await ResourcesFirst.WaitAsync(model, notifications, ResourcesPatience, stopping);
        }
        catch (OperationCanceledException)
        {
            return; // The application stops before there was a dashboard.
        }

        await supervisor.RunAsync(stopping);
    }

    /// <summary>The heading of the pages: the name of the AppHost without the part that says that it is one.</summary>
    private string ApplicationName()
    {
        const string suffix = ".AppHost";
        var name = environment.ApplicationName;
        return configuration["AppHost:DashboardApplicationName"]
            ?? (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? name[..^suffix.Length] : name);
    }

    [LoggerMessage(1, LogLevel.Information, "There is no dashboard, because there is no Aspire CLI. To get it: {HowToInstall}")]
    private partial void LogNoCli(string howToInstall);
}
