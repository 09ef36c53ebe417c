using AppHost.Workshop;
using AppHost.Workshop.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Adds the workshop's page to the system.</summary>
public static partial class WorkshopExtensions
{
    /// <summary>
    /// Serves the page from this process, as long as it runs. The page only watches, and does what its buttons say. It is no part of what
    /// is published.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource that has the link to the page.</param>
    /// <param name="senderDb">The database with the outbox.</param>
    /// <param name="receiverDb">The database with the inbox and the projection.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="senders">The replicas of the sender.</param>
    /// <param name="receivers">The replicas of the receiver.</param>
    public static void AddWorkshop(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        IResourceBuilder<IResourceWithConnectionString> senderDb,
        IResourceBuilder<IResourceWithConnectionString> receiverDb,
        IResourceBuilder<IBrokerResource> broker,
        IEnumerable<IResourceBuilder<ProjectResource>> senders,
        IEnumerable<IResourceBuilder<ProjectResource>> receivers)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        var system = new DemoSystem(
            senderDb.Resource,
            receiverDb.Resource,
            broker.Resource,
            [.. senders.Select(sender => sender.Resource)],
            [.. receivers.Select(receiver => receiver.Resource)]);
        builder.AddResource(new WorkshopResource(name))
            .ExcludeFromManifest()
            .WithIconName("Pipeline")
            .WithInitialState(new() { ResourceType = "Page", State = KnownResourceStates.Starting, Properties = [] })
            .OnInitializeResource((page, initialize, cancellationToken) => StartAsync(page, system, initialize, cancellationToken));
    }

    private static async Task StartAsync(
        WorkshopResource page, DemoSystem system, InitializeResourceEvent initialize, CancellationToken cancellationToken)
    {
        var stopping = initialize.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var server = await WorkshopServer.StartAsync(system, initialize.Services, stopping, cancellationToken);
        LogLink(initialize.Services.GetRequiredService<ILogger<DistributedApplication>>(), server.Link);
        await initialize.Notifications.PublishUpdateAsync(page, snapshot => snapshot with
        {
            State = KnownResourceStates.Running,
            Urls = [new UrlSnapshot("page", server.Link, IsInternal: false) { DisplayProperties = new("See the pipeline") }],
        });
    }

    [LoggerMessage(1, LogLevel.Information, "See the pipeline, and break it, at {Link}")]
    private static partial void LogLink(ILogger logger, string link);
}
