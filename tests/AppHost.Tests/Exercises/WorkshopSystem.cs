using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Tests.Exercises;

/// <summary>The system as docs/workshop/README.md starts it.</summary>
public sealed class WorkshopSystem : DemoSystem
{
    protected override IEnumerable<string> Arguments => Exercise.StartArguments;

    /// <summary>Presses the button with this text. After a button that ends something, waits until it has ended.</summary>
    public async Task PressButtonAsync(string resource, string button)
    {
        var model = App.Services.GetRequiredService<DistributedApplicationModel>();
        var command = model.Resources.Single(known => known.Name == resource)
            .Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.DisplayName == button);
        var pressed = await PressAsync(resource, command.Name);
        Assert.True(pressed.Success, $"{button} at {resource}: {pressed.Message}");
        if (command.Name is "crash" or KnownResourceCommands.StopCommand)
        {
            await EndedAsync(resource);
        }
    }

    /// <summary>What a resource has written.</summary>
    public async Task<string> LogAsync(string resource)
    {
        var current = await App.ResourceNotifications.WaitForResourceAsync(resource, _ => true);
        var log = new List<string>();
        await foreach (var lines in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(current.ResourceId))
        {
            log.AddRange(lines.Select(line => line.Content));
        }

        return string.Join('\n', log);
    }
}

/// <summary>All exercises share one system. They run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneWorkshopSystem : ICollectionFixture<WorkshopSystem>
{
    public const string Name = "The workshop's system";
}
