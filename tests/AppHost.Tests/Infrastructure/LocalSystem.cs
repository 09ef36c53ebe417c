using System.Diagnostics;
using AppHost.Workshop;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost.Tests.Infrastructure;

/// <summary>Resources of the AppHost as local processes, without the services. Aspire's orchestrator runs them from this process.</summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(2);
    private readonly DistributedApplication _app;

    private LocalSystem(DistributedApplication app) => _app = app;

    /// <summary>Starts resources. Does not wait for them.</summary>
    public static async Task<LocalSystem> StartAsync(Action<IDistributedApplicationBuilder> describe)
    {
        var app = await Orchestrator.StartAsync(() =>
        {
            var builder = Orchestrator.CreateBuilder();
            describe(builder);
            return Task.FromResult(builder.Build());
        });
        return new LocalSystem(app);
    }

    public Task WaitUntilHealthyAsync(string resource) => WithTimeoutAsync<ResourceEvent>(token =>
        _app.ResourceNotifications.WaitForResourceHealthyAsync(resource, WaitBehavior.WaitOnResourceUnavailable, token));

    /// <summary>Waits until a resource has ended or could not start.</summary>
    /// <returns>Its state.</returns>
    public Task<string> EndedAsync(string resource) => WithTimeoutAsync(token =>
        _app.ResourceNotifications.WaitForResourceAsync(resource, KnownResourceStates.TerminalStates, token));

    public Task<string> StateAsync(string resource, string state) => WithTimeoutAsync(token =>
        _app.ResourceNotifications.WaitForResourceAsync(resource, [state], token));

    /// <summary>Presses a button, as the dashboard does.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="command">The name of the button's command.</param>
    /// <param name="browser">Cancelled when the browser goes away.</param>
    public async Task PressAsync(string resource, string command, CancellationToken browser = default)
    {
        var result = await WithTimeoutAsync(token => _app.ResourceCommands.ExecuteCommandAsync(resource, command, token), browser);
        Assert.True(result.Success, result.Message);
    }

    /// <summary>The lines of a resource's log.</summary>
    public Task<IReadOnlyList<string>> LogAsync(string resource) => WithTimeoutAsync(token => _app.LogAsync(resource, token));

    /// <summary>Calls the health check directly, because Aspire calls it less and less often.</summary>
    public async Task<HealthReportEntry> HealthAsync(string healthCheck)
    {
        var checks = _app.Services.GetRequiredService<HealthCheckService>();
        var report = await WithTimeoutAsync(token => checks.CheckHealthAsync(check => check.Name == healthCheck, token));
        return report.Entries.Values.Single();
    }

    public async Task<string> ConnectionStringAsync(string resource) => (await _app.GetConnectionStringAsync(resource))!;

    /// <summary>The process that the orchestrator has started for a resource.</summary>
    public async Task<Process> ProcessAsync(string resource)
    {
        var current = await WithTimeoutAsync(token =>
            _app.ResourceNotifications.WaitForResourceAsync(resource, change => change.Snapshot.Id() is not null, token));
        return Process.GetProcessById(current.Snapshot.Id()!.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<T> WithTimeoutAsync<T>(Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StepTimeout);
        return await wait(timeout.Token);
    }
}
