using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Processes.Containers;
using Aspire.Hosting.Processes.Health;
using Aspire.Hosting.Processes.Ports;
using Aspire.Hosting.Processes.Projects;
using Aspire.Hosting.Processes.Running;
using Aspire.Hosting.Processes.Volumes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>Registers the model's services and the engine.</summary>
internal static class EngineServices
{
    public static void AddTo(HostApplicationBuilder host, DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        AddModel(host.Services, builder);
        AddEngine(host.Services, builder);
        AddDashboard(host.Services, builder, options);
        QuietLogging(host.Logging);
        host.Services.Configure<ResourceNotificationServiceOptions>(waits => waits.DefaultWaitBehavior = options.DisableDashboard
            // Without a dashboard nobody can start again what has ended.
            ? WaitBehavior.StopOnResourceUnavailable
            : WaitBehavior.WaitOnResourceUnavailable);
    }

    private static void AddModel(IServiceCollection services, DistributedApplicationBuilder builder)
    {
        services.AddSingleton(_ => new DistributedApplicationModel(builder.Resources));
        services.AddSingleton(builder.Eventing);
        services.AddSingleton(builder.ExecutionContext);
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<DistributedApplicationModel>(), provider.GetRequiredService<ResourceLoggerService>(), provider));
        services.AddHealthChecks();
    }

    private static void AddEngine(IServiceCollection services, DistributedApplicationBuilder builder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StartupFailure>();
        services.AddSingleton<Watchdog>();
        services.AddSingleton<ProcessStarter>();
        services.AddSingleton<PortReservations>();
        services.AddSingleton(_ => new VolumeStore(LocalFolder.Of(builder.AppHostDirectory)));
        services.AddSingleton(_ => new ProjectOutput(builder.AppHostAssembly));
        services.AddSingleton<ILauncher, ProjectLauncher>();
        services.AddSingleton<ILauncher, ExecutableLauncher>();
        services.AddSingleton<ILauncher, ContainerLauncher>();
        ContainerRecipes.AddTo(services, LocalFolder.SolutionFolder(builder.AppHostDirectory));
        services.AddSingleton<ResourceConfiguration>();
        services.AddSingleton<ResourceUrls>();
        services.AddSingleton<EndpointAllocator>();
        services.AddSingleton<InitialStates>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<ResourceStates>();
        services.AddSingleton<ResourceLaunch>();
        services.AddSingleton<RunnerServices>();
        services.AddSingleton<ConsoleReporter>();
        services.AddSingleton<Orchestrator>();
        services.AddHostedService(provider => provider.GetRequiredService<Orchestrator>());
    }

    private static void AddDashboard(IServiceCollection services, DistributedApplicationBuilder builder, DistributedApplicationOptions options)
    {
        services.AddSingleton<IDashboard>(provider => options.DisableDashboard
            ? new NoDashboard()
            : ActivatorUtilities.CreateInstance<DashboardHost>(provider, builder.AppHostDirectory));
    }

    // The console is for what the user wants to know; a health check that fails is in the resource's state.
    private static void QuietLogging(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
        // A start that fails is told in one sentence by RunAsync, or thrown to the test.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddFilter("System.Net.Http", LogLevel.Warning);
}
