using System.Net;

namespace Dashboard.Tests;

/// <summary>Who may use the pipeline's page, which can kill processes.</summary>
[Collection(OneDashboard.Name)]
public sealed class PipelineAccessTests(DemoDashboard dashboard)
{
    [DashboardFact]
    public async Task The_dashboard_has_the_link_to_the_page()
    {
        await using var window = await dashboard.LogInAsync();
        var page = await window.Page.Context.RunAndWaitForPageAsync(
            () => window.Row("workshop").GetByText("See the pipeline").ClickAsync());
        await new PipelineWindow(page).LiveAsync();
        Assert.Equal("/", new Uri(page.Url).PathAndQuery); // people show their screen, and the token is not on it
    }

    [DashboardFact]
    public async Task Without_the_token_nothing_is_answered()
    {
        using var client = new HttpClient { BaseAddress = new(dashboard.PipelineLink, "/") };
        foreach (var path in (string[])["", "main.js", "events", "?token=", $"?token={new string('0', 32)}"])
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        using var post = await client.PostAsync("actions/post", null);
        Assert.Equal(HttpStatusCode.Unauthorized, post.StatusCode);
    }

    [DashboardFact]
    public async Task No_other_site_is_obeyed_not_even_with_the_token()
    {
        using var client = new HttpClient { BaseAddress = new(dashboard.PipelineLink, "/") };
        using (var page = await client.GetAsync(dashboard.PipelineLink))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        // From now on the client has the cookie.
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(client));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(client, "Origin", $"http://{dashboard.PipelineLink.Authority}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "Origin", "null"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "Origin", dashboard.Frontend.AbsoluteUri.TrimEnd('/')));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "Host", $"evil.example:{dashboard.PipelineLink.Port}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, "Sec-Fetch-Site", "cross-site"));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string? header = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "actions/stream?count=0");
        if (header is not null)
        {
            request.Headers.Add(header, value);
        }

        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
