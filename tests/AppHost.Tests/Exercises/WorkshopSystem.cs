using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost.Tests.Exercises;

/// <summary>The system as docs/workshop/README.md starts it.</summary>
public sealed class WorkshopSystem : DemoSystem
{
    protected override IEnumerable<string> Arguments => Exercise.StartArguments;

    /// <summary>Presses the button with this text, and waits until its effect is shown, as a reader does.</summary>
    public async Task PressButtonAsync(string resource, string button)
    {
        var command = Find(resource).Annotations.OfType<ResourceCommandAnnotation>().Single(known => known.DisplayName == button).Name;
        var pressed = await PressAsync(resource, command);
        Assert.True(pressed.Success, $"{button} at {resource}: {pressed.Message}");
        if (command == KnownResourceCommands.StopCommand || command == "crash")
        {
            await EndedAsync(resource);
        }
        else if (command == KnownResourceCommands.StartCommand && Find(resource).Annotations.OfType<HealthCheckAnnotation>().Any())
        {
            await WaitUntilHealthyAsync(resource);
        }
    }

    /// <summary>
    /// Reports a resource as ended while it starts, and then again as running. So does the orchestrator if the news of the old process
    /// comes late.
    /// </summary>
    public async Task ReportEndWhileItStartsAsync(string resource)
    {
        using var timeout = new CancellationTokenSource(StepTimeout);
        await App.ResourceNotifications.WaitForResourceAsync(resource, KnownResourceStates.Starting, timeout.Token);
        var starting = await App.ResourceNotifications.WaitForResourceAsync(
            resource, change => change.Snapshot.State?.Text == KnownResourceStates.Running, timeout.Token);
        Assert.NotEqual(HealthStatus.Healthy, starting.Snapshot.HealthStatus);
        foreach (var state in (string[])[KnownResourceStates.Finished, KnownResourceStates.Running])
        {
            await App.ResourceNotifications.PublishUpdateAsync(starting.Resource, starting.ResourceId, known => known with { State = state });
        }
    }

    /// <summary>What a program of the workshop has written.</summary>
    public async Task<string> LogAsync(string resource)
    {
        using var timeout = new CancellationTokenSource(StepTimeout);
        return string.Join('\n', await App.LogAsync(resource, timeout.Token));
    }

    private IResource Find(string resource) => App.Services.GetRequiredService<DistributedApplicationModel>()
        .Resources.Single(known => known.Name == resource);
}

/// <summary>All exercises share one system. They run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneWorkshopSystem : ICollectionFixture<WorkshopSystem>
{
    public const string Name = "The workshop's system";
}
