using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Tests.Exercises;

/// <summary>The system as docs/workshop/README.md starts it.</summary>
public sealed class WorkshopSystem : DemoSystem
{
    protected override IEnumerable<string> Arguments => Exercise.StartArguments;

    /// <summary>The command behind a button.</summary>
    /// <param name="resource">The resource that has it.</param>
    /// <param name="button">Its text.</param>
    public string CommandOf(string resource, string button) => Find(resource)
        .Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.DisplayName == button).Name;

    /// <summary>Presses the button with this text, and waits until its effect is shown, as a reader does.</summary>
    public async Task PressButtonAsync(string resource, string button)
    {
        var command = CommandOf(resource, button);
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

    private IResource Find(string resource) => App.Services.GetRequiredService<DistributedApplicationModel>()
        .Resources.Single(known => known.Name == resource);
}

/// <summary>All exercises share one system. They run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneWorkshopSystem : ICollectionFixture<WorkshopSystem>
{
    public const string Name = "The workshop's system";
}
