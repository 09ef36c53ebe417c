using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;
using Aspire.Hosting.Processes.Volumes;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Processes;

/// <summary>Runs the application: prepares everything, starts what is to be started, and ends it all again.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model,
    IEnumerable<ILauncher> launchers,
    EndpointAllocator endpoints,
    InitialStates initialStates,
    RunnerServices shared,
    IDashboard dashboard,
    VolumeStore volumes,
    Watchdog watchdog,
    StartupFailure failure,
    ConsoleReporter console,
    IHostApplicationLifetime lifetime) : IHostedService, IAsyncDisposable
{
    // Together with the rest well under the five seconds that somebody who pressed Ctrl-C has patience for.
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(2);

    // As long as a container engine gives a container.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IResource, ResourceRunner> _runners = [];
    private Task _starts = Task.CompletedTask;
    private Task? _stopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await shared.Eventing.PublishAsync(new BeforeStartEvent(shared.Services, model), cancellationToken);
            volumes.DeleteLeftovers();
            await Prepare(cancellationToken);
            await dashboard.StartAsync(cancellationToken);
            console.Begin();
            _starts = Task.WhenAll(model.Resources.Select(StartWithApplicationAsync).ToArray());
        }
        catch
        {
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopped ??= StopAllAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    public async Task<ExecuteCommandResult> StartResourceAsync(IResource resource, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await _runners[resource].StartAsync(either.Token) is { } reason
            ? CommandResults.Failure(reason.Message)
            : CommandResults.Success();
    }

    public async Task<ExecuteCommandResult> StopResourceAsync(IResource resource)
    {
        await _runners[resource].StopAsync(StopGrace);
        return CommandResults.Success();
    }

    private async Task Prepare(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources)
        {
            if (launchers.FirstOrDefault(launcher => launcher.CanLaunch(resource)) is { } launcher)
            {
                launcher.Check(resource);
                endpoints.Allocate(resource, launcher);
                _runners[resource] = new ResourceRunner(resource, launcher, shared) { EndedByItself = console.EndedAsync };
            }
        }

        foreach (var resource in model.Resources)
        {
            await initialStates.PublishAsync(resource, cancellationToken);
        }
    }

    private async Task StartWithApplicationAsync(IResource resource)
    {
        if (!_runners.TryGetValue(resource, out var runner))
        {
            await StartWithoutProcessAsync(resource);
            return;
        }

        if (resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
        {
            return;
        }

        var reason = await runner.StartAsync(_stopping.Token);
        if (reason is StartFailureException && failure.EndsApplication)
        {
            failure.Report(reason.Message);
            lifetime.StopApplication();
        }
        else if (reason is not (null or OperationCanceledException))
        {
            console.FailedToStart(resource, reason.Message);
        }
    }

    // A resource of the user's own, without a process: it is there from the start, unless it lives in another one.
    private async Task StartWithoutProcessAsync(IResource resource)
    {
        if (resource is not (IResourceWithoutLifetime or IResourceWithParent))
        {
            await shared.States.PublishAsync(resource, Transition.Running);
            await shared.States.MonitorAsync(resource, _stopping.Token);
        }
    }

    private async Task StopAllAsync()
    {
        await _stopping.CancelAsync();
        await new StopOrder(_runners.Values).StopAsync(runner => runner.StopAsync(ShutdownGrace));
        await IgnoreCancellationAsync(_starts);
        await dashboard.StopAsync(CancellationToken.None);
        await console.EndAsync();
        watchdog.Dispose();
        volumes.Dispose();
    }

    private static async Task IgnoreCancellationAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // A start that was under way: stopped, as it should be.
            return;
        }
    }
}
