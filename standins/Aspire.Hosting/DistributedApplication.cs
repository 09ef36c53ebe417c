using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application that can be started and stopped.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private bool _disposed;

    public DistributedApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until it is told to stop. What a user can put right ends it with one sentence and an exit code, not with a stack
    /// trace.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var failure = Services.GetRequiredService<StartupFailure>();
        failure.EndsApplication = true;
        try
        {
            if (Services.GetRequiredService<DistributedApplicationExecutionContext>().IsPublishMode)
            {
                throw new StartFailureException(AppHostSettings.PublishNeedsPackages);
            }

            using var ended = new CancellationTokenSource();
            var parent = Services.GetRequiredService<ParentWatch>().WatchAsync(ended.Token);
            await _host.RunAsync(cancellationToken);
            await ended.CancelAsync();
            await parent;
        }
        catch (Exception exception) when (exception is StartFailureException or MissingParameterValueException)
        {
            failure.Report(exception.Message);
        }

        // The host disposes itself when it has run.
        _disposed = true;
        if (failure.Message is { } message)
        {
            await Console.Error.WriteLineAsync($"\n{message}");
            Environment.ExitCode = 1;
        }
    }

    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        // Ends whatever still runs, also when nobody called StopAsync, and before the services go that it needs for that.
        await Services.GetRequiredService<Orchestrator>().StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
        else
        {
            _host.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
