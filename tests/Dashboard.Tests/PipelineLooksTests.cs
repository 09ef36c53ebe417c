using System.Text.Json;
using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>The pipeline's page for everybody: on a projector, in the dark, without a mouse, and for those who do not see it.</summary>
[Collection(OneDashboard.Name)]
public sealed class PipelineLooksTests(DemoDashboard dashboard)
{
    [DashboardTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(1920, ColorScheme.Light)]
    [InlineData(1920, ColorScheme.Dark)]
    public async Task It_fits_and_axe_finds_nothing(int width, ColorScheme scheme)
    {
        await using var window = await dashboard.OpenPipelineAsync(width, scheme);
        await window.StateAsync("sender", "Running");
        await window.Button("Post one").ClickAsync();
        await window.Page.Locator("#latest button").First.WaitForAsync();
        Assert.Equal(width, await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await AssertAxeFindsNothingAsync(window.Page);

        await window.Page.Locator("#latest button").First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await AssertAxeFindsNothingAsync(window.Page);
    }

    [DashboardFact]
    public async Task The_theme_can_be_chosen_and_stays()
    {
        await using var window = await dashboard.OpenPipelineAsync();
        var light = await BackgroundAsync(window.Page);
        await window.Page.GetByLabel("Theme").SelectOptionAsync("dark");
        var dark = await BackgroundAsync(window.Page);
        Assert.NotEqual(light, dark);
        await window.Page.ReloadAsync();
        Assert.Equal(dark, await BackgroundAsync(window.Page));
    }

    [DashboardFact]
    public async Task Everything_can_be_done_with_the_keyboard_alone()
    {
        await using var window = await dashboard.OpenPipelineAsync();
        await window.StateAsync("sender", "Running");
        var before = await window.LedgerAsync("acknowledged");
        await TabToAsync(window.Page, "Post one");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.LedgerReachesAsync("acknowledged", before + 1);

        await window.Page.Locator("#latest button").First.WaitForAsync();
        await window.Page.Locator("header select").FocusAsync();
        await window.Page.Keyboard.PressAsync("Tab");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        await TabToAsync(window.Page, "Stop receiver");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.StateAsync("receiver", "Finished");
        await TabToAsync(window.Page, "Start receiver");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.StateAsync("receiver", "Running");
    }

    /// <summary>Presses Tab until a button has the focus.</summary>
    private static async Task TabToAsync(IPage page, string button)
    {
        const int MoreThanThereAre = 300;
        var target = page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true });
        for (var i = 0; i < MoreThanThereAre; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"Tab does not reach {button}.");
    }

    private static Task<string> BackgroundAsync(IPage page) =>
        page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");

    private static async Task AssertAxeFindsNothingAsync(IPage page)
    {
        await page.EvaluateAsync(Axe.Script);
        var violations = await page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run()).violations.map(found => [found.id, found.nodes.map(node => node.html)])");
        Assert.Equal("[]", violations.ToString());
    }
}
