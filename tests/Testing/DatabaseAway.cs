using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Testing;

/// <summary>What a service answers while its database cannot be used.</summary>
public static class DatabaseAway
{
    /// <summary>Every route below /api answers 503 with Retry-After, and only speaks of what the caller has sent.</summary>
    /// <param name="service">The service.</param>
    /// <param name="client">A client of it.</param>
    /// <param name="only">Which methods. Defaults to all.</param>
    public static async Task AssertAnswersAsync(IServiceProvider service, HttpClient client, Predicate<string>? only = null)
    {
        var routes = ServiceRoute.Of(service, new Dictionary<string, string>
        {
            ["id:guid"] = Guid.NewGuid().ToString(),
            ["messageId:guid"] = Guid.NewGuid().ToString(),
            ["id:long"] = "1",
        });
        foreach (var route in routes.Where(r => r.Path.StartsWith("/api", StringComparison.Ordinal) && only?.Invoke(r.Method) != false))
        {
            // One route needs a time.
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), $"{route.Path}?from=2020-02-02T12:00:00Z")
            {
                Content = route.Method is "POST" or "PUT" ? JsonContent.Create(new { name = "away", value = 1 }) : null,
            };
            using var response = await client.SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{route}: {response.StatusCode} {answer}");
            Assert.NotNull(response.Headers.RetryAfter);
            using var problem = JsonDocument.Parse(answer);
            Assert.DoesNotContain("Idempotency", problem.RootElement.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        }
    }
}
