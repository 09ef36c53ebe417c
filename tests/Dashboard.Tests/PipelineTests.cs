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
    public async Task After_an_outage_stops_and_crashes_nothing_is_lost_doubled_or_out_of_order()
    {
        await using var window = await ReadyAsync();
        await window.Page.GetByLabel("Stream", new() { Exact = true }).FillAsync("20");
        await window.Button("Broker outage of 20 s").ClickAsync();
        await window.StateAsync("artemis", "Finished");
        foreach (var (part, end) in ((string, string)[])
            [("receiver", "Crash"), ("sender", "Crash"), ("sender-postgres", "Crash"), ("receiver-postgres", "Stop"), ("artemis", "Crash"),
            ("sender", "Stop")])
        {
            await window.StateAsync(part, "Running");
            await window.Button($"{end} {part}").ClickAsync();
            await window.EndedAsync(part);
            await window.Button($"Start {part}").ClickAsync();
        }

        await window.StateAsync("artemis", "Running");
        await window.StateAsync("sender", "Running");
        await Pictures.TakeAsync(window.Page, "pipeline");
        await window.Button("Stop the stream").ClickAsync();
        await window.AssertAllIsThereAsync();
        await window.Page.GetByText("All is there: the receiver's API shows every acknowledged change").First.WaitForAsync();
    }

    [DashboardFact]
    public async Task One_more_sender_is_another_lane_and_when_it_is_killed_the_first_one_has_all_partitions_again()
    {
        await using var window = await ReadyAsync();
        var shares = window.Station("relays").GetByText("of 16 partitions");
        await window.Button("Start sender-2").ClickAsync();
        await window.StateAsync("sender-2", "Running");
        await Eventually.GetAsync(
            async () => await shares.AllInnerTextsAsync(), texts => texts.Count == 2 && texts.All(text => text == "8 of 16 partitions"));
        await window.Button("Crash sender-2").ClickAsync();
        await Eventually.GetAsync(async () => await shares.AllInnerTextsAsync(), texts => texts is ["16 of 16 partitions"]);
    }

    [DashboardFact]
    public async Task A_message_that_the_broker_refuses_stays_in_the_outbox_with_the_reason()
    {
        await using var window = await ReadyAsync();
        if (Environment.GetEnvironmentVariable("ARTEMIS_HOME") is not { Length: > 0 })
        {
            Assert.Equal("true", await window.Button("Too large a message").GetAttributeAsync("aria-disabled"));
            return;
        }

        await window.Button("Too large a message").ClickAsync();
        await window.Page.Locator("#latest button", new() { HasText = "refused, to be tried again" }).First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Dialog).GetByText("\"last_error\"").WaitForAsync();
    }

    [DashboardFact]
    public async Task A_paused_process_stands_still_until_it_continues()
    {
        await using var window = await ReadyAsync();
        await window.Button("Pause receiver").ClickAsync();
        await window.StateAsync("receiver", "Paused");
        Assert.Equal("receiver is paused already.", await dashboard.PostToPipelineAsync("parts/receiver/pause"));
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
        await window.Page.Locator("#latest button", new() { HasText = "applied" }).First.ClickAsync();
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
        await using var late = await dashboard.OpenPipelineAsync(throughWire: false);
        await late.LedgerReachesAsync("applied", applied);

        // The network goes. The browser connects again by itself when it is back.
        dashboard.PipelineWire.Cut();
        await window.Page.GetByText("The AppHost does not answer").WaitForAsync();
        await late.Button("Post one").ClickAsync();
        await late.LedgerReachesAsync("applied", applied + 1);
        dashboard.PipelineWire.Restore();
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
