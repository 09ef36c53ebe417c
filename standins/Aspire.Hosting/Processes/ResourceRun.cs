using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes;

/// <summary>One run of a resource, from its start to its end.</summary>
internal sealed class ResourceRun(RunningResource processes)
{
    private readonly CancellationTokenSource _ended = new();

    public RunningResource Processes { get; } = processes;

    public bool HasEnded => Processes.Main.Exited.IsCompleted;

    /// <summary>Cancelled when what is known of the health of this run no longer counts.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The health checks.</summary>
    public Task Monitoring { get; set; } = Task.CompletedTask;

    /// <summary>Notices the end.</summary>
    public Task Watching { get; set; } = Task.CompletedTask;

    public async Task EndMonitoringAsync()
    {
        await _ended.CancelAsync();
        await Monitoring;
    }
}
