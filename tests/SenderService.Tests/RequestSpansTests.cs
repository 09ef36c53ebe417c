using System.Diagnostics;
using System.Net;
using System.Text;
using Tests.Harness;
using Xunit;

namespace SenderService.Tests;

[Collection(SenderSuite.Name)]
public sealed class RequestSpansTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    /// <summary>Those that one looks for.</summary>
    [Fact]
    public async Task The_span_of_a_request_that_fails_tells_its_route()
    {
        using var spans = new RecordedSpans("Microsoft.AspNetCore");
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/EntityItems");
        request.Content = new StringContent("{", Encoding.UTF8, "application/json");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await fixture.Sender.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);

        var span = await Eventually.GetAsync(() => Task.FromResult(spans.All.FirstOrDefault(span => span.TraceId == trace)), span => span is { IsStopped: true });
        Assert.Equal("POST /api/EntityItems", span!.DisplayName);
        Assert.Equal("/api/EntityItems", span.GetTagItem("http.route"));
    }
}
