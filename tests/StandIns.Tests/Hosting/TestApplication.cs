using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace StandIns.Tests.Hosting;

/// <summary>An application of small programs, started for one test.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline;

    private TestApplication(DistributedApplication application, TimeSpan deadline) => (Application, _deadline) = (application, new(deadline));

    public DistributedApplication Application { get; }

    public CancellationToken Deadline => _deadline.Token;

    public ResourceNotificationService Notifications => Application.ResourceNotifications;

    public static async Task<TestApplication> StartAsync(Action<IDistributedApplicationBuilder> describe, TimeSpan? deadline = null)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        describe(builder);
        var test = new TestApplication(await builder.BuildAsync(), deadline ?? TimeSpan.FromMinutes(1));
        try
        {
            await test.Application.StartAsync(test.Deadline);
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    public Task WaitForAsync(string resource, string state) => Notifications.WaitForResourceAsync(resource, state, Deadline);

    public async Task CommandAsync(string resource, string command)
    {
        var result = await Application.ResourceCommands.ExecuteCommandAsync(resource, command, Deadline);
        Assert.True(result.Success, result.Message);
    }

    public CustomResourceSnapshot Snapshot(string resource) =>
        Notifications.TryGetCurrentState(resource, out var current) ? current.Snapshot : throw new InvalidOperationException(resource);

    public int ProcessId(string resource) => (int)Snapshot(resource).Properties.Single(property => property.Name == "executable.pid").Value!;

    /// <summary>The first line of the resource's log with this text.</summary>
    public async Task<string> LineAsync(string resource, string text)
    {
        await foreach (var lines in Application.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(resource).WithCancellation(Deadline))
        {
            if (lines.Select(line => line.Content).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"{resource} has not written '{text}'.");
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        _deadline.Dispose();
    }
}

internal static class ShellExtensions
{
    /// <summary>Adds a shell that runs a script.</summary>
    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "/bin/sh", "/", "-c", script);
}
