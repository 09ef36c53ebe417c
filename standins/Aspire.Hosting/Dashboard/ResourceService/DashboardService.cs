using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Proto;
using Resource = Aspire.Hosting.Dashboard.Proto.Resource;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>What the dashboard can ask of this AppHost, and the answers (dashboard_service.proto).</summary>
internal sealed class DashboardService(
    string applicationName,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands)
{
    private const string Name = "aspire.v1.DashboardService";

    /// <summary>The handlers by request path.</summary>
    public IReadOnlyDictionary<string, Func<GrpcCall, Task>> Methods => new Dictionary<string, Func<GrpcCall, Task>>
    {
        [$"/{Name}/GetApplicationInformation"] = GetApplicationInformationAsync,
        [$"/{Name}/WatchResources"] = WatchResourcesAsync,
        [$"/{Name}/WatchResourceConsoleLogs"] = WatchResourceConsoleLogsAsync,
        [$"/{Name}/ExecuteResourceCommand"] = ExecuteResourceCommandAsync,
        [$"/{Name}/WatchInteractions"] = WatchInteractionsAsync,
    };

    private async Task GetApplicationInformationAsync(GrpcCall call)
    {
        await call.ReadRequestAsync(ApplicationInformationRequest.Parser);
        await call.WriteAsync(new ApplicationInformationResponse { ApplicationName = applicationName });
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        await call.ReadRequestAsync(WatchResourcesRequest.Parser);
        await call.StartStreamAsync();

        var isFirst = true;
        await foreach (var events in notifications.WatchAsync(call.CancellationToken).InBatchesAsync(call.CancellationToken))
        {
            // A snapshot says everything: of several of one resource the last is enough.
            var resources = events.GroupBy(resourceEvent => resourceEvent.ResourceId).Select(group => ResourceMessage.From(group.Last()));
            await call.WriteAsync(isFirst ? InitialData(resources) : Changes(resources));
            isFirst = false;
        }
    }

    private async Task WatchResourceConsoleLogsAsync(GrpcCall call)
    {
        var request = await call.ReadRequestAsync(WatchResourceConsoleLogsRequest.Parser);
        var resource = Find(request.ResourceName);
        await call.StartStreamAsync();

        var batches = request.SuppressFollow ? loggers.GetAllAsync(resource) : loggers.WatchAsync(resource);
        await foreach (var lines in batches.WithCancellation(call.CancellationToken))
        {
            var update = new WatchResourceConsoleLogsUpdate();
            update.LogLines.AddRange(lines.Select(line =>
                new ConsoleLogLine { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber }));
            await call.WriteAsync(update);
        }
    }

    private async Task ExecuteResourceCommandAsync(GrpcCall call)
    {
        var request = await call.ReadRequestAsync(ResourceCommandRequest.Parser);
        var result = await commands.ExecuteCommandAsync(Find(request.ResourceName), request.CommandName, call.CancellationToken);
        await call.WriteAsync(CommandMessage.From(result));
    }

    /// <summary>There is nothing to ask the user: stays open and silent for as long as the dashboard does.</summary>
    private static async Task WatchInteractionsAsync(GrpcCall call)
    {
        await call.StartStreamAsync();
        while (await call.ReadNextAsync(WatchInteractionsRequestUpdate.Parser) is not null)
        {
        }
    }

    private IResource Find(string name) =>
        model.Resources.FirstOrDefault(resource => DashboardName.Of(resource) == name)
        ?? throw new GrpcException(GrpcStatus.NotFound, $"There is no resource '{name}'.");

    private static WatchResourcesUpdate InitialData(IEnumerable<Resource> resources)
    {
        var update = new WatchResourcesUpdate { InitialData = new() };
        update.InitialData.Resources.AddRange(resources);
        return update;
    }

    private static WatchResourcesUpdate Changes(IEnumerable<Resource> resources)
    {
        var update = new WatchResourcesUpdate { Changes = new() };
        update.Changes.Value.AddRange(resources.Select(resource => new WatchResourcesChange { Upsert = resource }));
        return update;
    }
}
