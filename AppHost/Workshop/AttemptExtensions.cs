using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The programs of docs/workshop: the three attempts, and a message that cannot be processed.</summary>
public static class AttemptExtensions
{
    /// <summary>Adds the programs as resources that wait for their start button. Only a workshop has them.</summary>
    /// <remarks>
    /// <c>--Demo:Workshop=true</c> adds all of them. <c>--Demo:Attempt=1</c> runs that attempt alone, shows its log at the terminal, and
    /// then ends the AppHost.
    /// </remarks>
    public static void AddAttempts(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<IResourceWithConnectionString> senderDb,
        IResourceBuilder<IResourceWithConnectionString> receiverDb,
        IResourceBuilder<IResourceWithConnectionString> broker)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return;
        }

        if (builder.Configuration["Demo:Attempt"] is { } attempt)
        {
            if (attempt is not ("1" or "2" or "3"))
            {
                throw new DistributedApplicationException($"'{attempt}' is not an attempt: set Demo:Attempt to 1, 2 or 3.");
            }

            // The services are not needed.
            foreach (var service in builder.Resources.OfType<ProjectResource>().ToArray())
            {
                builder.CreateResourceBuilder(service).WithExplicitStart();
            }

            var alone = Add($"attempt-{attempt}", attempt);
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<TerminalLog>(services, alone.Resource));
        }
        else if (builder.Configuration["Demo:Workshop"] == "true")
        {
            Add("attempt-1", "1").WithExplicitStart();
            Add("attempt-2", "2").WithExplicitStart();
            Add("attempt-3", "3").WithExplicitStart();
            Add("poison-message", "poison").WithExplicitStart();
        }

        IResourceBuilder<ProjectResource> Add([ResourceName] string name, string argument) => builder
            .AddProject<Projects.Attempts>(name)
            .WithArgs(argument)
            .WithReference(senderDb).WaitFor(senderDb)
            .WithReference(receiverDb).WaitFor(receiverDb)
            .WithReference(broker).WaitFor(broker)
            .WithIconName("Beaker");
    }

    /// <summary>Writes the log of a resource to the terminal until the resource ends. Then it ends the AppHost.</summary>
    private sealed class TerminalLog(
        ProjectResource resource,
        ResourceNotificationService notifications,
        ResourceLoggerService logs,
        IHostApplicationLifetime lifetime) : BackgroundService
    {
        private readonly HashSet<string> _written = [];

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var running = await notifications.WaitForResourceAsync(
                resource.Name, change => change.Snapshot.State?.Text == KnownResourceStates.Running, stoppingToken);
            var writing = WriteAsync(logs.WatchAsync(running.ResourceId), ended.Token);
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.TerminalStates, stoppingToken);
            await ended.CancelAsync();
            await writing;

            // The last lines may have come later than the end.
            await WriteAsync(logs.GetAllAsync(running.ResourceId), stoppingToken);
            lifetime.StopApplication();
        }

        /// <summary>Writes each line once, without the time before it, which makes it unique.</summary>
        private async Task WriteAsync(IAsyncEnumerable<IReadOnlyList<LogLine>> log, CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var lines in log.WithCancellation(cancellationToken))
                {
                    foreach (var text in lines.Select(line => line.Content).Where(_written.Add))
                    {
                        Console.WriteLine(text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The resource has ended.
            }
        }
    }
}
