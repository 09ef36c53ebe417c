using System.Text.RegularExpressions;

namespace Dashboard.Tests;

/// <summary>The buttons of the workshop, pressed as the participants press them.</summary>
[Collection(OneDashboard.Name)]
public sealed partial class WorkshopTests(DemoDashboard dashboard)
{
    private const string Outage = "Requests are still accepted; the outbox delivers them once the broker is back.";
    private const string Started = "Application started. Press Ctrl+C to shut down.";

    /// <summary>A hundred requests may take long on a busy machine.</summary>
    private static readonly TimeSpan TimeToPost = TimeSpan.FromSeconds(30);

    [DashboardFact]
    public async Task The_buttons_stop_and_start_the_broker()
    {
        await using var window = await dashboard.LogInAsync();
        await window.State("artemis", "Running").WaitForAsync();

        await Click.UntilSeenAsync(
            window.State("artemis", "Stopping").Or(window.State("artemis", "Finished")),
            window.Row("artemis").Locator($"fluent-button[title='{Outage}']"));

        await window.State("artemis", "Finished").WaitForAsync();
        await window.State("artemis", "Running").WaitForAsync();
        await window.State("sender", "Running").WaitForAsync();
        await window.State("receiver", "Running").WaitForAsync();
    }

    [DashboardFact]
    public async Task The_buttons_kill_and_start_the_sender_and_its_console_log_continues()
    {
        await using var window = await dashboard.LogInAsync();
        await using var log = await dashboard.LogInAsync();
        await log.GotoAsync("/consolelogs/resource/sender");
        await log.Page.GetByText(Started).First.WaitForAsync();
        var starts = await log.Page.GetByText(Started).CountAsync();

        await Click.UntilSeenAsync(log.Page.GetByText("Kill this process?"), log.Button("Ends the process at once"));
        await Click.UntilSeenAsync(log.Button("Start resource"), log.Page.Locator("fluent-button", new() { HasText = "Yes" }));
        await window.State("sender", "Finished").WaitForAsync();

        await Click.UntilSeenAsync(log.Button("Stop resource"), log.Button("Start resource"));
        await window.State("sender", "Running").WaitForAsync();
        await log.Page.GetByText(Started).Nth(starts).WaitForAsync();
    }

    [DashboardFact]
    public async Task A_button_posts_a_hundred_entities_and_shows_the_result()
    {
        await using var window = await dashboard.LogInAsync();
        await window.State("sender", "Running").WaitForAsync();
        await window.GotoAsync("/consolelogs/resource/sender");

        // It says at once that it starts. A click without this was lost. Each further click would start another hundred.
        await Click.UntilSeenAsync(
            window.Page.GetByText(PostState()).First,
            window.Button("Resource actions"), window.Page.Locator("fluent-menu-item", new() { HasText = "Post 100 entities" }));

        // Messages go away after some seconds. The notifications stay.
        await Click.UntilSeenAsync(TimeToPost, window.Page.GetByText(PostResult()).First, window.Button("Notifications"));
        Assert.Equal("100 sent, 0 failed.", await window.Page.GetByText(PostResult()).First.InnerTextAsync());
        Assert.True(await window.Page.GetByText("\"Post 100 entities\" succeeded").First.IsVisibleAsync());
    }

    [GeneratedRegex("\"Post 100 entities\" (starting|succeeded|failed)")]
    private static partial Regex PostState();

    [GeneratedRegex(@"\d+ sent, \d+ failed")]
    private static partial Regex PostResult();
}
