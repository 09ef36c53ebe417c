using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Proto;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using ProtoResource = Aspire.Hosting.Dashboard.Proto.Resource;

namespace StandIns.Tests.Dashboard;

public sealed class ResourceServiceTests : IAsyncLifetime
{
    private readonly ResourceServiceFixture _fixture = new();

    private CancellationToken Ct { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private string SenderName => $"sender-{_fixture.Sender.InstanceId}";

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_watcher_gets_all_resources_at_once_and_then_what_changes()
    {
        await PublishAsync(_fixture.Sender, snapshot => snapshot with { State = KnownResourceStates.Starting });
        await PublishAsync(_fixture.Password, snapshot => snapshot with { State = KnownResourceStates.Running });

        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);
        var initial = await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct);
        Assert.Equal([SenderName, "password"], initial!.InitialData.Resources.Select(resource => resource.Name));
        Assert.Equal(["Starting", "Running"], initial.InitialData.Resources.Select(resource => resource.State));

        var running = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success);
        await PublishAsync(_fixture.Sender, snapshot => snapshot with { State = running });
        var change = Assert.Single((await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct))!.Changes.Value).Upsert;
        Assert.Equal((SenderName, "sender", "Running", "success"), (change.Name, change.DisplayName, change.State, change.StateStyle));
    }

    [Fact]
    public async Task A_watcher_of_an_application_without_resources_is_told_so()
    {
        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);

        Assert.Empty((await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct))!.InitialData.Resources);
    }

    [Fact]
    public async Task A_resource_is_shown_with_all_that_is_known_of_it()
    {
        var started = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        await PublishAsync(_fixture.Sender, snapshot => snapshot with
        {
            StartTimeStamp = started,
            ExitCode = 137,
            Urls = [new UrlSnapshot("http", "http://localhost:5001/swagger", IsInternal: false)],
            EnvironmentVariables = [new EnvironmentVariableSnapshot("EMPTY", null, IsFromSpec: true)],
            Volumes = [new VolumeSnapshot(null, "/data", "volume", IsReadOnly: false)],
            HealthReports =
            [
                new HealthReportSnapshot("ready", HealthStatus.Degraded, null, null),
                new HealthReportSnapshot("pending", null, null, null),
            ],
            Properties = [new ResourcePropertySnapshot("resource.connectionString", "Host=x;Password=y") { IsSensitive = true }],
            Relationships = [new RelationshipSnapshot("senderdb", "Reference")],
        });

        var sender = await ReadOnlyResourceAsync();

        Assert.Equal(started, sender.StartedAt.ToDateTime());
        Assert.True(sender.SupportsDetailedTelemetry);
        Assert.Equal("http", Assert.Single(sender.Urls).EndpointName);
        Assert.Equal("", Assert.Single(sender.Environment).Value);
        Assert.Equal("", Assert.Single(sender.Volumes).Source);
        Assert.Equal("senderdb", Assert.Single(sender.Relationships).ResourceName);
        Assert.Equal(Aspire.Hosting.Dashboard.Proto.HealthStatus.Degraded, sender.HealthReports[0].Status);
        Assert.False(sender.HealthReports[1].HasStatus);
        Assert.Equal("137", Property(sender, "resource.exitCode").Value.StringValue);
        Assert.True(Property(sender, "resource.connectionString").IsSensitive);
    }

    [Fact]
    public async Task A_resource_that_belongs_to_another_is_shown_under_it()
    {
        await PublishAsync(new PartOf(_fixture.Sender), snapshot => snapshot with { State = KnownResourceStates.Running });

        Assert.Equal(SenderName, Property(await ReadOnlyResourceAsync(), "resource.parentName").Value.StringValue);
    }

    [Fact]
    public async Task What_the_dashboard_cannot_do_without_is_there_even_of_a_resource_of_which_nothing_is_known()
    {
        await PublishAsync(_fixture.Sender, snapshot => snapshot with { Urls = [new UrlSnapshot(null, "http://localhost", IsInternal: true)] });

        var sender = await ReadOnlyResourceAsync();

        Assert.NotNull(sender.CreatedAt);
        Assert.NotNull(Assert.Single(sender.Urls).DisplayProperties);
    }

    [Fact]
    public async Task Console_logs_start_with_what_was_written_and_follow_over_a_restart()
    {
        var log = _fixture.Loggers.GetLog("sender");
        log.Add("first", isError: false);

        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync(
            "WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = SenderName }, Ct);
        var first = Assert.Single((await answer.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Ct))!.LogLines);
        Assert.EndsWith(" first", first.Text, StringComparison.Ordinal);
        Assert.Equal((1, false), (first.LineNumber, first.IsStdErr));

        await PublishAsync(_fixture.Sender, snapshot => snapshot with { State = KnownResourceStates.Finished });
        await PublishAsync(_fixture.Sender, snapshot => snapshot with { State = KnownResourceStates.Running });
        log.Add("after the restart", isError: true);

        var second = Assert.Single((await answer.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Ct))!.LogLines);
        Assert.EndsWith(" after the restart", second.Text, StringComparison.Ordinal);
        Assert.Equal((2, true), (second.LineNumber, second.IsStdErr));
    }

    [Fact]
    public async Task Console_logs_that_are_not_to_be_followed_end()
    {
        _fixture.Loggers.GetLog("sender").Add("only", isError: false);

        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync(
            "WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = SenderName, SuppressFollow = true }, Ct);

        Assert.Single((await answer.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Ct))!.LogLines);
        Assert.Equal((int)GrpcStatus.Ok, (await answer.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task A_command_is_executed_and_its_result_and_message_are_told()
    {
        AddCommand("crash", context => CommandResults.Failure($"{context.ResourceName} has no process."));
        AddCommand("cancel", _ => CommandResults.Canceled());
        AddCommand("start", _ => CommandResults.Success());

        Assert.Equal((ResourceCommandResponseKind.Failed, "sender has no process."), await ExecuteAsync("crash"));
        Assert.Equal((ResourceCommandResponseKind.Cancelled, ""), await ExecuteAsync("cancel"));
        Assert.Equal((ResourceCommandResponseKind.Succeeded, ""), await ExecuteAsync("start"));
        Assert.Equal(ResourceCommandResponseKind.Failed, (await ExecuteAsync("unknown")).Kind);
    }

    [Fact]
    public async Task A_resource_that_there_is_not_is_not_found()
    {
        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync(
            "WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "nobody" }, Ct);

        Assert.Equal((int)GrpcStatus.NotFound, (await answer.EndAsync(Ct)).Status);
    }

    [Fact]
    public async Task Callers_that_go_away_in_the_middle_of_a_stream_are_no_failure()
    {
        for (var i = 0; i < 100; i++)
        {
            using var caller = _fixture.CreateCaller();
            using var resources = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);
            using var interactions = await caller.CallAsync("WatchInteractions", new OpenContent(), Ct);
            await resources.ReadAsync(WatchResourcesUpdate.Parser, Ct);
            if (i % 2 == 0)
            {
                caller.Break();
            }

            await PublishAsync(_fixture.Sender, snapshot => snapshot with { State = $"change {i}" });
        }

        // Waits for the calls to end.
        await _fixture.DisposeAsync();
        Assert.Empty(_fixture.Log.Errors);
    }

    [Fact]
    public async Task Streams_end_when_the_application_stops()
    {
        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);
        await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct);

        await _fixture.DisposeAsync();

        Assert.Equal((int)GrpcStatus.Unavailable, (await answer.EndAsync(Ct)).Status);
    }

    private static ResourceProperty Property(ProtoResource resource, string name) =>
        resource.Properties.Single(property => property.Name == name);

    private Task PublishAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        _fixture.Notifications.PublishUpdateAsync(resource, change);

    private async Task<ProtoResource> ReadOnlyResourceAsync()
    {
        using var caller = _fixture.CreateCaller();
        using var answer = await caller.CallAsync("WatchResources", new WatchResourcesRequest(), Ct);
        return Assert.Single((await answer.ReadAsync(WatchResourcesUpdate.Parser, Ct))!.InitialData.Resources);
    }

    private void AddCommand(string name, Func<ExecuteCommandContext, ExecuteCommandResult> execute) =>
        _fixture.Sender.Annotations.Add(new ResourceCommandAnnotation(
            name,
            displayName: name,
            updateState: _ => Aspire.Hosting.ApplicationModel.ResourceCommandState.Enabled,
            executeCommand: context => Task.FromResult(execute(context)),
            displayDescription: null,
            parameter: null,
            confirmationMessage: null,
            iconName: null,
            iconVariant: null,
            isHighlighted: false));

    private async Task<(ResourceCommandResponseKind Kind, string Message)> ExecuteAsync(string command)
    {
        using var caller = _fixture.CreateCaller();
        var request = new ResourceCommandRequest { ResourceName = SenderName, CommandName = command, ResourceType = "Project" };
        using var answer = await caller.CallAsync("ExecuteResourceCommand", request, Ct);
        var response = await answer.ReadAsync(ResourceCommandResponse.Parser, Ct);
        return (response!.Kind, response.Message);
    }

    private sealed class PartOf(IResource parent) : Aspire.Hosting.ApplicationModel.Resource("part"), IResourceWithParent
    {
        public IResource Parent { get; } = parent;
    }
}
