using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Tests.Harness;
using Xunit;

namespace AppHost.Tests;

/// <summary>The dashboard's buttons for a workshop, pressed as the dashboard does.</summary>
public sealed class WorkshopTests
{
    private const string PostEntities = "post-entities";

    [Fact]
    public async Task The_button_posts_100_entities_and_tells_how_many_were_sent_and_failed()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var volumes = $"test-{Guid.NewGuid():N}";
        try
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Demo:Volumes={volumes}"], deadline.Token);
            await using var app = await builder.BuildAsync(deadline.Token);
            await app.StartAsync(deadline.Token);
            await app.ResourceNotifications.WaitForResourceHealthyAsync(DemoSystem.Sender, deadline.Token);
            await app.ResourceNotifications.WaitForResourceHealthyAsync(DemoSystem.Receiver, deadline.Token);

            var posted = await app.ResourceCommands.ExecuteCommandAsync(DemoSystem.Sender, PostEntities, deadline.Token);
            Assert.Equal("100 sent, 0 failed.", posted.Message);
            Assert.True(posted.Success);
            using var receiver = app.CreateHttpClient(DemoSystem.Receiver, "http");
            receiver.Timeout = TimeSpan.FromSeconds(15);
            var items = await Eventually.GetAsync(
                async () => (await receiver.GetFromJsonAsync<Item[]>("/api/EntityItems", deadline.Token))!, shown => shown.Length >= 100);
            Assert.Equal(Enumerable.Range(1, 100).Select(number => (decimal)number), items.Select(item => item.Value).Order());

            await app.ResourceCommands.ExecuteCommandAsync(DemoSystem.Sender, KnownResourceCommands.StopCommand, deadline.Token);
            await app.ResourceNotifications.WaitForResourceAsync(DemoSystem.Sender, KnownResourceStates.TerminalStates, deadline.Token);
            var refused = await app.ResourceCommands.ExecuteCommandAsync(DemoSystem.Sender, PostEntities, deadline.Token);
            Assert.False(refused.Success);
            Assert.StartsWith("0 sent, 100 failed: ", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await TestVolumes.RemoveAsync(volumes);
        }
    }
}
