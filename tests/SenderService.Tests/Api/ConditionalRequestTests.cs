using System.Net;
using System.Net.Http.Json;

namespace SenderService.Tests.Api;

/// <summary>Conditions and methods as RFC 9110 describes them.</summary>
[Collection(SenderSuite.Name)]
public sealed class ConditionalRequestTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    private const string Path = "/api/EntityItems";
    private readonly HttpClient _client = fixture.Sender.Client;

    [Theory]
    [InlineData("GET", "If-None-Match", "\"1\"", 304)]
    [InlineData("GET", "If-None-Match", "W/\"1\"", 304)]
    [InlineData("GET", "If-None-Match", "\"7\", \"1\"", 304)]
    [InlineData("GET", "If-None-Match", "*", 304)]
    [InlineData("GET", "If-None-Match", "\"2\"", 200)]
    [InlineData("GET", "If-Match", "\"2\"", 412)]
    [InlineData("GET", "If-Match", "*", 200)]
    [InlineData("HEAD", "If-None-Match", "\"1\"", 304)]
    [InlineData("PUT", "If-None-Match", "*", 412)]
    [InlineData("PUT", "If-None-Match", "\"1\"", 412)]
    [InlineData("PUT", "If-None-Match", "\"2\"", 200)]
    [InlineData("PUT", "If-Match", "W/\"1\"", 412)]
    [InlineData("PUT", "If-Match", "*", 200)]
    [InlineData("DELETE", "If-None-Match", "*", 412)]
    [InlineData("DELETE", "If-Match", "*", 204)]
    public async Task A_condition_on_an_entity_is_kept(string method, string header, string value, int expected)
    {
        using var created = await _client.PostAsJsonAsync(Path, new { name = "x", value = 1 });
        using var response = await SendAsync(method, created.Headers.Location!, header, value);
        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 304)
        {
            Assert.Equal("\"1\"", response.Headers.ETag!.Tag);
        }
    }

    [Theory]
    [InlineData("PUT", "If-Match", "*", 412)]
    [InlineData("DELETE", "If-Match", "*", 412)]
    [InlineData("DELETE", "If-Match", "\"1\"", 412)]
    [InlineData("PUT", "If-None-Match", "*", 404)]
    [InlineData("GET", "If-None-Match", "*", 404)]
    public async Task A_condition_on_what_does_not_exist_is_kept(string method, string header, string value, int expected)
    {
        using var response = await SendAsync(method, new Uri($"{Path}/{Guid.NewGuid()}", UriKind.Relative), header, value);
        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task HEAD_is_GET_without_a_body()
    {
        using var created = await _client.PostAsJsonAsync(Path, new { name = "x", value = 1 });
        foreach (var path in new[] { created.Headers.Location!.ToString(), Path, $"{Path}/{Guid.NewGuid()}", "/api/outbox", "/alive" })
        {
            using var get = await _client.GetAsync(new Uri(path, UriKind.Relative));
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var head = await _client.SendAsync(request);
            Assert.Equal(
                (get.StatusCode, get.Headers.ETag, get.Content.Headers.ContentType),
                (head.StatusCode, head.Headers.ETag, head.Content.Headers.ContentType));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("OPTIONS", HttpStatusCode.NoContent)]
    [InlineData("PATCH", HttpStatusCode.MethodNotAllowed)]
    public async Task OPTIONS_and_a_method_that_is_not_allowed_name_those_that_are(string method, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Path}/{Guid.NewGuid()}");
        using var response = await _client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(["DELETE", "GET", "HEAD", "OPTIONS", "PUT"], response.Content.Headers.Allow.Order());
    }

    private async Task<HttpResponseMessage> SendAsync(string method, Uri location, string header, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), location)
        {
            Content = method == "PUT" ? JsonContent.Create(new { name = "y", value = 2 }) : null,
        };
        request.Headers.TryAddWithoutValidation(header, value);
        return await _client.SendAsync(request);
    }
}
