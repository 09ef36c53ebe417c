using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Api;

/// <summary>Who may use the operators' endpoints. The service refuses a caller without asking database or broker.</summary>
public sealed class OperatorEndpointsTests
{
    private const string Key = "a key of operators";
    private const string Path = "/api/inbox";

    [Theory]
    [InlineData()]
    [InlineData("Operators:ApiKey=")]
    public async Task Without_a_configured_key_the_endpoints_do_not_exist(params string[] settings)
    {
        await using var service = Start(["environment=Production", .. settings]);
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(service, Key));
        Assert.DoesNotContain(Path, (await SwaggerAsync(service)).GetProperty("paths").EnumerateObject().Select(path => path.Name));
    }

    [Theory]
    [InlineData()]
    [InlineData("")]
    [InlineData("another key")]
    [InlineData("A key of operators")]
    [InlineData(Key, Key)]
    public async Task Without_the_configured_key_a_caller_is_refused(params string[] sent)
    {
        await using var service = Start("environment=Production", $"Operators:ApiKey={Key}");
        using var request = Request(sent);
        using var response = await service.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("ApiKey", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("X-Api-Key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_configured_key_a_caller_gets_through()
    {
        await using var service = Start("environment=Production", $"Operators:ApiKey={Key}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(service, Key));
    }

    [Fact]
    public async Task In_development_no_key_is_needed()
    {
        await using var service = Start($"Operators:ApiKey={Key}");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(service));
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task Swagger_says_where_the_key_is_needed(string environment, bool needed)
    {
        await using var service = Start($"environment={environment}", $"Operators:ApiKey={Key}");
        var swagger = await SwaggerAsync(service);
        var operation = swagger.GetProperty("paths").GetProperty(Path).GetProperty("get");
        Assert.Equal(needed, operation.TryGetProperty("security", out var security) && security[0].TryGetProperty("ApiKey", out _));
        Assert.Equal(needed, operation.GetProperty("responses").TryGetProperty("401", out _));
        Assert.False(swagger.GetProperty("paths").GetProperty("/api/EntityItems").GetProperty("get").TryGetProperty("security", out _));
        var scheme = swagger.GetProperty("components").GetProperty("securitySchemes").GetProperty("ApiKey");
        Assert.Equal(("header", "X-Api-Key"), (scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Swagger_says_how_a_replay_can_fail()
    {
        await using var service = Start();
        var replay = (await SwaggerAsync(service))
            .GetProperty("paths").GetProperty("/api/dead-letters/{id}/replay").GetProperty("post");
        var conflict = replay.GetProperty("responses").GetProperty("409");
        Assert.True(conflict.GetProperty("content").TryGetProperty("application/problem+json", out _));
    }

    private static ServiceHost<EntityItem> Start(params string[] settings)
    {
        var service = new ServiceHost<EntityItem>([
            "ConnectionStrings:receiverdb=Host=127.0.0.1;Port=1",
            "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1",
            "Inbox:Queue=none",
            .. settings,
        ]);
        service.Start();
        return service;
    }

    private static HttpRequestMessage Request(params string[] keys)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Path);
        foreach (var key in keys)
        {
            request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        }

        return request;
    }

    private static async Task<HttpStatusCode> GetAsync(ServiceHost<EntityItem> service, params string[] keys)
    {
        using var request = Request(keys);
        using var response = await service.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<JsonElement> SwaggerAsync(ServiceHost<EntityItem> service) =>
        await service.Client.GetFromJsonAsync<JsonElement>("/swagger/v1/swagger.json");
}
