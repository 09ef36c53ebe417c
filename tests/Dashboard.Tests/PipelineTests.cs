using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>The buttons of the pipeline's page, and what its ledger says afterwards.</summary>
[Collection(OneDashboard.Name)]
public sealed class PipelineTests(DemoDashboard dashboard)
{
    [DashboardFact]
    public async Task Posts_updates_and_the_stream_are_acknowledged_and_all_arrive()
    {
        await using var window = await ReadyAsync();
        var before = await window.LedgerAsync("acknowledged");
        await window.Button("Post one").ClickAsync();
        await window.LedgerReachesAsync("acknowledged", before + 1);
        await window.Button("Post 100").ClickAsync();
        await window.LedgerReachesAsync("acknowledged", before + 101);
        await window.Button("Ten updates").ClickAsync();
        await window.LedgerReachesAsync("acknowledged", before + 112);
        await window.AssertAllIsThereAsync();
        Assert.Equal(before + 112, await window.LedgerAsync("applied"));

        await window.Page.GetByLabel("Stream", new() { Exact = true }).FillAsync("100");
        await window.LedgerReachesAsync("acknowledged", before + 212);
        await window.Button("Stop the stream").ClickAsync();
        await window.Page.GetByText("off", new() { Exact = true }).WaitForAsync();
        await window.AssertAllIsThereAsync();
    }

    [DashboardFact]
    public async Task A_poison_message_becomes_a_dead_letter_and_a_duplicate_has_no_effect()
    {
        await using var window = await ReadyAsync();
        var letters = await window.LineAsync("inbox", "dead letters");
        await window.Button("Poison message").ClickAsync();
        await Eventually.GetAsync(() => window.LineAsync("inbox", "dead letters"), number => number == letters + 1);
        var absorbed = await window.LineAsync("inbox", "duplicates");
        await window.Button("Duplicate").ClickAsync();
        await Eventually.GetAsync(() => window.LineAsync("inbox", "duplicates"), number => number == absorbed + 1);
        await window.AssertAllIsThereAsync();
    }

    [DashboardFact]
    public async Task After_an_outage_and_crashes_nothing_is_lost_doubled_or_out_of_order()
    {
        await using var window = await ReadyAsync();
        await window.Page.GetByLabel("Stream", new() { Exact = true }).FillAsync("50");
        await window.Button("Crash receiver").ClickAsync();
        await window.StateAsync("receiver", "Finished");
        await window.Button("Start receiver").ClickAsync();
        await window.StateAsync("receiver", "Running");
        await window.Button("Broker outage of 20 s").ClickAsync();
        await window.StateAsync("artemis", "Finished");
        await window.Button("Crash sender").ClickAsync();
        await window.StateAsync("sender", "Finished");
        await window.Button("Start sender").ClickAsync();
        await window.StateAsync("artemis", "Running");
        await window.StateAsync("sender", "Running");
        await window.Button("Stop the stream").ClickAsync();
        await window.AssertAllIsThereAsync();
        await window.Page.GetByText("All is there: the receiver's API shows every acknowledged change").First.WaitForAsync();
    }

    [DashboardFact]
    public async Task A_paused_process_stands_still_until_it_continues()
    {
        await using var window = await ReadyAsync();
        await window.Button("Pause receiver").ClickAsync();
        await window.StateAsync("receiver", "Paused");
        var applied = await window.LedgerAsync("applied");
        await window.Button("Post one").ClickAsync();
        await Eventually.GetAsync(() => window.LedgerAsync("onTheWay"), number => number == 1);
        await window.Button("Continue receiver").ClickAsync();
        await window.LedgerReachesAsync("applied", applied + 1);
        await window.AssertAllIsThereAsync();
    }

    [DashboardFact]
    public async Task A_click_on_a_message_shows_its_row_headers_body_and_trace()
    {
        await using var window = await ReadyAsync();
        await window.Button("Post one").ClickAsync();
        await window.Page.Locator("#latest button").First.ClickAsync();
        var details = window.Page.GetByRole(AriaRole.Dialog);
        foreach (var text in (string[])["A crash now:", "Body", "Headers", "Row of outbox_messages", "Row of inbox_messages"])
        {
            await details.GetByText(text, new() { Exact = true }).WaitForAsync();
        }

        var trace = await details.GetByText("Its trace in the dashboard").GetAttributeAsync("href");
        Assert.StartsWith(new Uri(dashboard.Frontend, "/traces/detail/").AbsoluteUri, trace, StringComparison.Ordinal);
    }

    [DashboardFact]
    public async Task A_browser_that_comes_late_or_again_sees_the_truth()
    {
        await using var window = await ReadyAsync();
        await window.Button("Post one").ClickAsync();
        await window.AssertAllIsThereAsync();
        var applied = await window.LedgerAsync("applied");
        await using var late = await dashboard.OpenPipelineAsync();
        await Eventually.GetAsync(() => late.LedgerAsync("applied"), number => number == applied);

        // As if the network had gone: nothing comes, and then the browser connects again.
        await window.Page.Context.SetOfflineAsync(true);
        await window.Page.GetByText("The AppHost does not answer").WaitForAsync();
        await late.Button("Post one").ClickAsync();
        await late.LedgerReachesAsync("applied", applied + 1);
        await window.Page.Context.SetOfflineAsync(false);
        await window.LedgerReachesAsync("applied", applied + 1);
    }

    private async Task<PipelineWindow> ReadyAsync()
    {
        var window = await dashboard.OpenPipelineAsync();
        foreach (var process in (string[])["sender-postgres", "receiver-postgres", "artemis", "sender", "receiver"])
        {
            await window.StateAsync(process, "Running");
        }

        return window;
    }
}
