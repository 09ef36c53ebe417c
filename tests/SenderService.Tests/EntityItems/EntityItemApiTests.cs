using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using SenderService.EntityItems;

namespace SenderService.Tests.EntityItems;

[Collection(SenderSuite.Name)]
public sealed class EntityItemApiTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    private const string Path = "/api/EntityItems";
    private readonly RunningSender _sender = fixture.Sender;

    [Fact]
    public async Task A_posted_entity_is_found_at_its_location_with_one_outbox_message()
    {
        using var created = await PostAsync("first", 12.5m);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        var item = await ReadAsync(created);
        Assert.Equal(("first", 12.5m, 1L), (item.Name, item.Value, item.Version));
        Assert.Equal("\"1\"", created.Headers.ETag!.Tag);

        var found = await _sender.Client.GetFromJsonAsync<EntityItemResponse>(created.Headers.Location);
        Assert.Equal(item, found);
        Assert.Equal("1", await PublishedVersionsAsync(item.Id));
    }

    public static TheoryData<string, string> BadRequests => new()
    {
        { """{"name": "x", "value": 1""", "$" },
        { """{"value": 1}""", "name" },
        { """{"name": "x"}""", "value" },
        { """{"name": null, "value": 1}""", "name" },
        { """{"name": "", "value": 1}""", "name" },
        { """{"name": "   ", "value": 1}""", "name" },
        { $$"""{"name": "{{new string('x', 201)}}", "value": 1}""", "name" },
        { """{"name": "a\u0000b", "value": 1}""", "name" },
        { """{"name": "\ud800", "value": 1}""", "name" },
        { """{"name": 7, "value": 1}""", "name" },
        { """{"name": "x", "value": "one"}""", "value" },
        { """{"name": "x", "value": 1000000000.01}""", "value" },
        { """{"name": "x", "value": -1000000001}""", "value" },
        { """{"name": "x", "value": 1e400}""", "value" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_request_names_the_field_and_leaves_no_row(string body, string field)
    {
        var before = await RowsAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _sender.Client.PostAsync(new Uri(Path, UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        Assert.Contains(field, problem.RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(before, await RowsAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key-3")]
    public async Task An_entity_whose_message_cannot_be_stored_is_not_stored_either(string? idempotencyKey)
    {
        const string Name = "not to be published";
        await Sql.ExecuteAsync(_sender.Database, $"""
            ALTER TABLE outbox_messages DROP CONSTRAINT IF EXISTS no_message;
            ALTER TABLE outbox_messages ADD CONSTRAINT no_message CHECK (payload ->> 'name' <> '{Name}') NOT VALID
            """);
        using var response = await PostAsync(Name, 1m, idempotencyKey);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);

        using var created = await PostAsync("to be published", 1m);
        using var updated = await SendAsync(HttpMethod.Put, created.Headers.Location!, null, new { name = Name, value = 2m });
        Assert.Equal(HttpStatusCode.InternalServerError, updated.StatusCode);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(_sender.Database, $"SELECT count(*) FROM entity_items WHERE name = '{Name}'"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task A_name_may_have_1_to_200_characters(int length)
    {
        using var created = await PostAsync(new string('ä', length), -1_000_000_000m);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task An_unknown_entity_is_a_problem_not_found()
    {
        using var response = await _sender.Client.GetAsync(new Uri($"{Path}/{Guid.NewGuid()}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task All_entities_are_listed_newest_first_and_pages_link_to_the_next()
    {
        for (var i = 0; i < 5; i++)
        {
            using var _ = await PostAsync($"item {i}", i);
        }

        var all = await _sender.Client.GetFromJsonAsync<EntityItemResponse[]>(Path);
        Assert.Equal(all!.OrderByDescending(item => item.Id.ToString(), StringComparer.Ordinal), all);
        Assert.True(all!.Length >= 5, $"{all.Length} entities");

        Assert.Equal(all, await Pages.ReadAsync<EntityItemResponse>(_sender.Client, $"{Path}?limit=2"));
    }

    [Fact]
    public async Task A_repeated_post_with_the_same_key_creates_nothing_and_gets_the_first_answer()
    {
        var before = await RowsAsync();
        using var first = await PostAsync("once", 1m, "key-1");
        using var second = await PostAsync("once", 1m, "key-1");
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await ReadAsync(first), await ReadAsync(second));
        Assert.Equal(first.Headers.Location, second.Headers.Location);

        using var other = await PostAsync("another", 1m, "key-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("application/problem+json", other.Content.Headers.ContentType!.MediaType);
        Assert.Equal((before.Entities + 1, before.Messages + 1), await RowsAsync());
    }

    [Fact]
    public async Task Posts_with_the_same_key_at_the_same_moment_create_one_entity_and_get_the_same_answer()
    {
        var before = await RowsAsync();
        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync("at once", 1m, "key-2")));
        var items = await Task.WhenAll(responses.Select(ReadAsync));
        Assert.Single(items.Distinct());
        Assert.Equal((before.Entities + 1, before.Messages + 1), await RowsAsync());
    }

    [Fact]
    public async Task A_change_needs_the_version_it_is_based_on()
    {
        using var created = await PostAsync("v1", 1m);
        var location = created.Headers.Location!;

        using var updated = await SendAsync(HttpMethod.Put, location, "\"1\"", new { name = "v2", value = 2m });
        Assert.Equal(HttpStatusCode.OK, updated.StatusCode);
        Assert.Equal("\"2\"", updated.Headers.ETag!.Tag);

        using var stale = await SendAsync(HttpMethod.Put, location, "\"1\"", new { name = "v3", value = 3m });
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        using var staleDelete = await SendAsync(HttpMethod.Delete, location, "\"1\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, staleDelete.StatusCode);

        using var deleted = await SendAsync(HttpMethod.Delete, location, "\"2\"");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _sender.Client.GetAsync(location);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal("1,2,3", await PublishedVersionsAsync((await ReadAsync(created)).Id));
    }

    [Fact]
    public async Task Of_concurrent_changes_each_version_is_published_once_and_in_order()
    {
        using var created = await PostAsync("contended", 0m);
        var location = created.Headers.Location!;
        var statuses = await Task.WhenAll(Enumerable.Range(1, 20).Select(async i =>
        {
            using var response = await SendAsync(HttpMethod.Put, location, null, new { name = $"contended {i}", value = i });
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        var expected = string.Join(',', Enumerable.Range(1, 1 + statuses.Count(status => status == HttpStatusCode.OK)));
        Assert.Equal(expected, await PublishedVersionsAsync((await ReadAsync(created)).Id));
    }

    /// <summary>The test holds the row until the service has read it and waits to write it. Then the test changes it first.</summary>
    [Theory]
    [InlineData("PUT", null, HttpStatusCode.Conflict)]
    [InlineData("PUT", "\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("DELETE", null, HttpStatusCode.Conflict)]
    [InlineData("DELETE", "\"1\"", HttpStatusCode.PreconditionFailed)]
    public async Task A_lost_race_is_a_conflict_or_with_If_Match_a_failed_precondition(
        string method, string? ifMatch, HttpStatusCode expected)
    {
        const string Waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')";
        using var created = await PostAsync("contended", 1m);
        var id = (await ReadAsync(created)).Id;
        await using var connection = new NpgsqlConnection(_sender.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var change = new NpgsqlCommand($"UPDATE entity_items SET version = 2 WHERE id = '{id}'", connection, transaction);
        await change.ExecuteNonQueryAsync();
        var sending = SendAsync(
            new HttpMethod(method), created.Headers.Location!, ifMatch, method == "PUT" ? new { name = "too late", value = 2m } : null);
        await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(_sender.Database, Waiting), waits => waits);
        await transaction.CommitAsync();

        using var response = await sending;
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("1", await PublishedVersionsAsync(id));
    }

    [Fact]
    public async Task Swagger_shows_the_api_with_its_limits()
    {
        using var swagger = JsonDocument.Parse(await _sender.Client.GetStringAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative)));
        Assert.Equal(
            ["get", "post"],
            swagger.RootElement.GetProperty("paths").GetProperty(Path).EnumerateObject().Select(operation => operation.Name).Order());
        var schemas = swagger.RootElement.GetProperty("components").GetProperty("schemas");
        var name = schemas.GetProperty("EntityItemRequest").GetProperty("properties").GetProperty("name");
        Assert.Equal((1, 200), (name.GetProperty("minLength").GetInt32(), name.GetProperty("maxLength").GetInt32()));

        using var page = await _sender.Client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string name, decimal value, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { name, value }) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await _sender.Client.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri location, string? ifMatch, object? body = null)
    {
        using var request = new HttpRequestMessage(method, location) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(ifMatch));
        }

        return await _sender.Client.SendAsync(request);
    }

    private static async Task<EntityItemResponse> ReadAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<EntityItemResponse>())!;

    private async Task<(long Entities, long Messages)> RowsAsync() => (
        await Sql.ScalarAsync<long>(_sender.Database, "SELECT count(*) FROM entity_items"),
        await Sql.ScalarAsync<long>(_sender.Database, "SELECT count(*) FROM outbox_messages"));

    private Task<string> PublishedVersionsAsync(Guid id) => Sql.ScalarAsync<string>(
        _sender.Database, $"SELECT string_agg(aggregate_version::text, ',' ORDER BY id) FROM outbox_messages WHERE aggregate_id = '{id}'");
}
