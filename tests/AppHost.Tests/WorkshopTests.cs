using System.Net.Http.Json;

namespace AppHost.Tests;

/// <summary>The dashboard's buttons for the workshop. The test presses them as the dashboard does.</summary>
[Collection(OneDemoSystem.Name)]
public sealed class WorkshopTests(DemoSystem system)
{
    private const string PostEntities = "post-entities";

    [Fact]
    public async Task The_button_posts_100_entities_and_reports_how_many_were_sent_and_failed()
    {
        var before = await ItemsAsync(_ => true);
        var posted = await system.PressAsync(DemoSystem.Sender, PostEntities);
        Assert.Equal("100 sent, 0 failed.", posted.Message);
        Assert.True(posted.Success);
        var items = await ItemsAsync(items => items.Length >= before.Length + 100);
        Assert.Equal(Enumerable.Range(1, 100).Select(number => (decimal)number), items.Except(before).Select(item => item.Value).Order());

        await system.StopAsync(DemoSystem.Sender);
        var refused = await system.PressAsync(DemoSystem.Sender, PostEntities);
        Assert.False(refused.Success);
        Assert.StartsWith("0 sent, 100 failed: ", refused.Message, StringComparison.Ordinal);
        await system.StartAsync(DemoSystem.Sender);
    }

    private async Task<Item[]> ItemsAsync(Predicate<Item[]> condition)
    {
        using var receiver = system.Client(DemoSystem.Receiver);
        return await Eventually.GetAsync(async () => (await receiver.GetFromJsonAsync<Item[]>("/api/EntityItems"))!, condition);
    }
}
