using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Testing;

/// <summary>What the OpenAPI document of every service says.</summary>
public static class ApiDocuments
{
    private const string Path = "/swagger/v1/swagger.json";

    public static Task<JsonElement> ReadAsync(HttpClient client) => client.GetFromJsonAsync<JsonElement>(Path);

    public static async Task AssertIsValidAsync(HttpClient client) =>
        await Redocly.AssertIsValidAsync(await client.GetStringAsync(new Uri(Path, UriKind.Relative)));

    public static async Task AssertNamesEveryRefusalAsync(HttpClient client)
    {
        var document = await ReadAsync(client);
        Assert.Contains("/swagger", document.GetProperty("info").GetProperty("description").GetString()!, StringComparison.Ordinal);
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var what = $"{operation.Name} {path.Name}";
                var responses = operation.Value.GetProperty("responses");
                var takesBody = operation.Value.TryGetProperty("requestBody", out _);
                var takesQuery = operation.Value.TryGetProperty("parameters", out var parameters)
                    && parameters.EnumerateArray().Any(parameter => parameter.GetProperty("in").GetString() == "query");
                Assert.True(responses.TryGetProperty("503", out _), what);
                Assert.True(responses.TryGetProperty("415", out _) || !takesBody, what);
                Assert.True(responses.TryGetProperty("400", out _) || !(takesBody || takesQuery), what);
                Assert.All(
                    responses.EnumerateObject().Where(response => response.Name[0] is '4' or '5'),
                    response => Assert.True(
                        response.Value.GetProperty("content").TryGetProperty("application/problem+json", out _),
                        $"{what} {response.Name}"));
            }
        }
    }
}
