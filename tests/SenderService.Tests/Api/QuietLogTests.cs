using System.Net;
using System.Net.Http.Json;

namespace SenderService.Tests.Api;

/// <summary>What is handled is no error in the log. What is not handled is one, with its stack.</summary>
[Collection(SenderSuite.Name)]
public sealed class QuietLogTests(Infrastructure infrastructure)
{
    private const string Path = "/api/EntityItems";

    [Fact]
    public async Task Requests_during_an_outage_of_the_database_are_one_line_for_the_whole_outage()
    {
        await using var wire = TcpWire.ToDatabase(await RunningSender.CreateDatabaseAsync(infrastructure), out var database);
        await using var sender = Start(database);
        using var client = await ClientOfAsync(sender);
        var lines = sender.Output.Count;
        wire.Cut();
        for (var request = 0; request < 20; request++)
        {
            using var refused = request % 2 == 0
                ? await client.GetAsync(Path)
                : await client.PostAsJsonAsync(Path, new { name = "x", value = 1 });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        var written = sender.Output.Skip(lines).ToArray();
        Assert.Single(written, line => line.Contains("requests that need it are answered with 503", StringComparison.Ordinal));
        Assert.DoesNotContain(written, line => line.StartsWith("fail:", StringComparison.Ordinal));
        Assert.DoesNotContain(written, line => line.Contains("EntityFrameworkCore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Equal_posts_at_once_and_reading_write_no_warning_and_no_error()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await using var sender = Start(database);
        using var client = await ClientOfAsync(sender);
        var lines = sender.Output.Count;
        for (var key = 0; key < 5; key++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(client, $"key-{key}")));
        }

        string[] paths = [Path, $"{Path}?limit=1", $"{Path}/{Guid.NewGuid()}", "/api/outbox", "/api/outbox/messages", "/health"];
        foreach (var path in paths)
        {
            using var response = await client.GetAsync(path);
        }

        Assert.DoesNotContain(sender.Output.Skip(lines), line =>
            line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("warn:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unexpected_error_is_logged_once_with_its_stack()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await using var sender = Start(database);
        using var client = await ClientOfAsync(sender);
        await Sql.ExecuteAsync(database, "ALTER TABLE entity_items ADD CONSTRAINT none CHECK (false)");
        using var failed = await client.PostAsJsonAsync(Path, new { name = "x", value = 1 });
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        await Eventually.GetAsync(
            () => Task.FromResult(sender.Output),
            lines => lines.Any(line => line.Contains("EntityItemEndpoints", StringComparison.Ordinal)));
        Assert.Single(sender.Output, line => line.StartsWith("fail:", StringComparison.Ordinal));
    }

    private ServiceInstance Start(string database) => ServiceInstance.Start(
        RunningSender.Service,
        [.. RunningSender.Settings(database, infrastructure.Broker, Infrastructure.NewQueue()), "environment=Development"]);

    private static async Task<HttpClient> ClientOfAsync(ServiceInstance sender)
    {
        await sender.WaitUntilHealthyAsync();
        return new HttpClient { BaseAddress = sender.Address };
    }

    private static async Task PostAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Content = JsonContent.Create(new { name = "x", value = 1 });
        request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }
}
