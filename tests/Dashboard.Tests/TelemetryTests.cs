using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>Traces, logs and metrics of the services.</summary>
[Collection(OneDashboard.Name)]
public sealed class TelemetryTests(DemoDashboard dashboard)
{
    private const string Message = "MSG activemq";

    [DashboardFact]
    public async Task One_trace_contains_the_request_and_both_services()
    {
        await using var window = await dashboard.LogInAsync();
        // The first request would show how long a cold process takes.
        await PostAsync(window, ActivityTraceId.CreateRandom());
        var trace = ActivityTraceId.CreateRandom();
        await PostAsync(window, trace);

        await window.GotoAsync("/traces");
        await AssertOnlyRequestsAsync(window);
        var complete = window.Page.Locator($"tr:has(td[title*='{trace}']):has([title^='sender spans']):has([title^='receiver spans'])");
        await Click.UntilSeenAsync(Span(window, "sender", "POST /api/EntityItems"), complete.Locator("td[col-index='1']"));

        await Span(window, "receiver", Message).WaitForAsync();
        Assert.Equal(1, await Span(window, "sender", Message).CountAsync());
        await Span(window, "receiver", "postgresql").First.WaitForAsync();
        await window.PictureAsync("trace");

        await AssertNameAsync(window, "sender", "send entity-items");
        await AssertNameAsync(window, "receiver", "process entity-items");
    }

    /// <summary>No polls, probes, batches or files of Swagger, which the tests' browser and the health checks cause all the time.</summary>
    private static async Task AssertOnlyRequestsAsync(DashboardWindow window)
    {
        var names = window.Page.Locator("tr td[col-index='2']");
        await names.First.WaitForAsync();
        Assert.All(await names.AllInnerTextsAsync(), name => Assert.Contains("/api/", name, StringComparison.Ordinal));
    }

    [DashboardFact]
    public async Task Both_services_write_structured_logs()
    {
        await using var window = await dashboard.LogInAsync();
        await window.GotoAsync("/structuredlogs");
        foreach (var service in (string[])["sender", "receiver"])
        {
            var row = window.Page.Locator("tr", new() { Has = window.Page.GetByText(service, new() { Exact = true }) });
            await row.Filter(new() { HasText = "Connected to the broker" }).First.WaitForAsync();
        }

        await window.Page.Locator("fluent-text-input[title='Message filter'] input").FillAsync("broker");
        await window.Page.GetByText("Application started").First.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await window.PictureAsync("structured-logs");
    }

    [DashboardFact]
    public async Task Both_services_have_metrics()
    {
        await using var window = await dashboard.LogInAsync();
        await PostAsync(window, ActivityTraceId.CreateRandom());
        await window.GotoAsync("/metrics/resource/receiver");
        await window.Page.Locator("fluent-tree-item[title^='inbox.']").First.WaitForAsync();

        await window.GotoAsync("/metrics/resource/sender");
        await Click.UntilSeenAsync(
            window.Page.Locator(".js-plotly-plot").First, window.Page.Locator("fluent-tree-item[title='outbox.pending']"));
    }

    /// <summary>
    /// The list shows the system and the destination. The details show the name that the messaging conventions prescribe.
    /// </summary>
    private static Task AssertNameAsync(DashboardWindow window, string service, string name) => Click.UntilSeenAsync(
        window.Page.GetByText(name, new() { Exact = true }), Span(window, service, Message));

    private static ILocator Span(DashboardWindow window, string service, string name) =>
        window.Page.Locator($"td[col-index='1'][title^='{service}: {name}']");

    /// <summary>Posts an entity as part of a known trace. The test then looks for that trace.</summary>
    private static async Task PostAsync(DashboardWindow window, ActivityTraceId trace)
    {
        await window.GotoAsync("/");
        await window.State("sender", "Running").WaitForAsync(); // a service that is still starting refuses requests
        var swagger = await window.Row("sender").GetByText("Swagger").GetAttributeAsync("href");
        using var client = new HttpClient { BaseAddress = new Uri(swagger!) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/EntityItems")
        {
            Content = JsonContent.Create(new { name = "seen in the dashboard", value = 1 }),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
