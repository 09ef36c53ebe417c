using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes;

/// <summary>What a runner shares with all others.</summary>
internal sealed record RunnerServices(
    ResourceStates States,
    ResourceNotificationService Notifications,
    ResourceLoggerService Loggers,
    ResourceLaunch Launch,
    IDistributedApplicationEventing Eventing,
    IServiceProvider Services);

/// <summary>Starts and stops one resource, and notices when it ends by itself. One step at a time.</summary>
internal sealed class ResourceRunner(IResource resource, ILauncher launcher, RunnerServices shared)
{
    private readonly SemaphoreSlim _step = new(1, 1);
    private readonly Lock _lock = new();
    private CancellationTokenSource? _starting;
    private ResourceRun? _run;

    /// <summary>Called when the resource has ended without having been asked to, with its exit code.</summary>
    public Func<IResource, int, Task>? EndedByItself { get; init; }

    public IResource Resource => resource;

    /// <summary>Waits for what the resource waits for, then starts it; nothing to do if it runs.</summary>
    /// <returns>Why it did not start; null if it runs.</returns>
    public async Task<Exception?> StartAsync(CancellationToken cancellationToken)
    {
        await _step.WaitAsync(cancellationToken);
        try
        {
            if (_run is { HasEnded: false })
            {
                return null;
            }

            await FinishAsync(_run, wasAskedTo: false);
            using var starting = BeginStart(cancellationToken);
            try
            {
                await StartOnceAsync(starting.Token);
                return null;
            }
            catch (OperationCanceledException exception) when (starting.IsCancellationRequested)
            {
                await shared.States.PublishAsync(resource, Transition.Ended(resource, exitCode: null, wasAskedTo: true));
                return exception;
            }
            catch (Exception exception)
            {
                // Whatever it is, the others go on: the user sees it here, and may start the resource again.
                RunnerLog.FailedToStart(shared.Loggers.GetLogger(resource), exception.Message);
                await shared.States.PublishAsync(resource, Transition.Failed(exception.Message));
                return exception;
            }
            finally
            {
                EndStart();
            }
        }
        finally
        {
            _step.Release();
        }
    }

    public async Task StopAsync(TimeSpan grace)
    {
        CancelStart();
        await _step.WaitAsync();
        try
        {
            if (_run is { HasEnded: false } run)
            {
                await shared.States.PublishAsync(resource, Transition.Stopping);
                await run.EndMonitoringAsync();
                await run.Processes.StopAsync(grace);
            }

            await FinishAsync(_run, wasAskedTo: true);
        }
        finally
        {
            _step.Release();
        }
    }

    private async Task StartOnceAsync(CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().Any();
        await shared.States.PublishAsync(resource, waits ? Transition.Waiting : Transition.Starting);
        await shared.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, shared.Services), cancellationToken);
        if (waits)
        {
            await shared.Notifications.WaitForDependenciesAsync(resource, cancellationToken);
            await shared.States.PublishAsync(resource, Transition.Starting);
        }

        var launched = await shared.Launch.LaunchAsync(resource, launcher, cancellationToken);
        var run = new ResourceRun(launched.Processes);
        _run = run;
        await shared.States.PublishAsync(resource, Transition.Running, launched.Describe);
        run.Monitoring = shared.States.MonitorAsync(resource, run.Ended);
        run.Watching = WatchAsync(run);
    }

    private async Task WatchAsync(ResourceRun run)
    {
        await run.Processes.Main.Exited;
        await _step.WaitAsync();
        try
        {
            if (_run == run)
            {
                await FinishAsync(run, wasAskedTo: false);
            }
        }
        finally
        {
            _step.Release();
        }
    }

    private async Task FinishAsync(ResourceRun? run, bool wasAskedTo)
    {
        if (run is null)
        {
            return;
        }

        _run = null;
        await run.EndMonitoringAsync();
        await run.Processes.StopAsync(TimeSpan.Zero);
        var exitCode = await run.Processes.Main.Exited;
        RunnerLog.Ended(shared.Loggers.GetLogger(resource), exitCode);
        await shared.States.PublishAsync(resource, Transition.Ended(resource, exitCode, wasAskedTo));
        if (!wasAskedTo && EndedByItself is not null)
        {
            await EndedByItself(resource, exitCode);
        }
    }

    private CancellationTokenSource BeginStart(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }
    }

    private void CancelStart()
    {
        lock (_lock)
        {
            _starting?.Cancel();
        }
    }

    private void EndStart()
    {
        lock (_lock)
        {
            _starting = null;
        }
    }
}
