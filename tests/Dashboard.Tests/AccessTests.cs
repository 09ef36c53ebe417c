using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Dashboard.Tests;

/// <summary>Who has no token or key gets in nowhere.</summary>
[Collection(OneDashboard.Name)]
public sealed class AccessTests(DemoDashboard dashboard)
{
    private const string Accepted = "200 0";
    private const string OtlpHeader = "x-otlp-api-key";
    private const string ExportTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string ExportTracesByHttp = "/v1/traces";
    private const string ResourceServiceHeader = "x-resource-service-api-key";
    private const string ResourceService = "/aspire.v1.DashboardService/";

    [DashboardFact]
    public async Task Without_the_token_of_the_printed_link_nobody_sees_a_page()
    {
        await using var window = await dashboard.OpenAsync();
        foreach (var path in (string[])["/", "/traces", "/login?t=wrong"])
        {
            await window.GotoAsync(path);
            await window.Page.WaitForURLAsync(new Regex("/login"));
            Assert.Equal(0, await window.Row("sender").CountAsync());
        }
    }

    [DashboardFact]
    public async Task Without_its_key_nobody_sends_telemetry()
    {
        Assert.Equal(Accepted, await CallAsync(dashboard.Otlp, ExportTraces, OtlpHeader, DemoDashboard.OtlpKey));
        foreach (var key in (string?[])[null, "", "wrong", DemoDashboard.OtlpKey + "x", DemoDashboard.ResourceServiceKey])
        {
            Assert.NotEqual(Accepted, await CallAsync(dashboard.Otlp, ExportTraces, OtlpHeader, key));
        }
    }

    [DashboardFact]
    public async Task Without_its_key_nobody_sends_telemetry_by_http_either()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync(DemoDashboard.OtlpKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(null));

        async Task<HttpStatusCode> PostAsync(string? key)
        {
            using var request = Request(dashboard.OtlpHttp, ExportTracesByHttp, OtlpHeader, key, [], "application/x-protobuf");
            using var client = new HttpClient();
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [DashboardFact]
    public async Task Without_its_key_nobody_asks_for_resources_or_presses_buttons()
    {
        Assert.Equal(Accepted, await CallAsync(
            dashboard.ResourceService, $"{ResourceService}GetApplicationInformation", ResourceServiceHeader, DemoDashboard.ResourceServiceKey));
        foreach (var key in (string?[])[null, "", "wrong", DemoDashboard.ResourceServiceKey + "x", DemoDashboard.OtlpKey])
        {
            foreach (var method in (string[])["GetApplicationInformation", "WatchResources", "WatchResourceConsoleLogs", "ExecuteResourceCommand"])
            {
                Assert.NotEqual(Accepted, await CallAsync(dashboard.ResourceService, $"{ResourceService}{method}", ResourceServiceHeader, key));
            }
        }
    }

    /// <summary>Calls a gRPC method with an empty message.</summary>
    /// <returns>The HTTP status and, where there is one, that of gRPC, of which 0 is success.</returns>
    private static async Task<string> CallAsync(Uri address, string method, string header, string? key)
    {
        byte[] emptyMessage = [0, 0, 0, 0, 0];
        using var request = Request(address, method, header, key, emptyMessage, "application/grpc");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var client = new HttpClient();
        using var response = await client.SendAsync(request);
        return response.TrailingHeaders.TryGetValues("grpc-status", out var status) || response.Headers.TryGetValues("grpc-status", out status)
            ? $"{(int)response.StatusCode} {status.Single()}"
            : $"{(int)response.StatusCode}";
    }

    private static HttpRequestMessage Request(Uri address, string path, string header, string? key, byte[] body, string contentType)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (key is not null)
        {
            request.Headers.Add(header, key);
        }

        return request;
    }
}
