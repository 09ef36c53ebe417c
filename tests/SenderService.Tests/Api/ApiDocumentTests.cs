using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace SenderService.Tests.Api;

/// <summary>The OpenAPI document is right, and the service does what it says.</summary>
[Collection(SenderSuite.Name)]
public sealed class ApiDocumentTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    private const string Path = "/api/EntityItems";
    private readonly HttpClient _client = fixture.Sender.Client;

    [RedoclyFact]
    public Task The_document_is_valid() => ApiDocuments.AssertIsValidAsync(_client);

    [Fact]
    public Task The_document_says_where_to_look_next_and_names_every_refusal() => ApiDocuments.AssertNamesEveryRefusalAsync(_client);

    [Fact]
    public async Task The_example_can_be_sent_as_it_is()
    {
        var fields = (await RequestSchemaAsync()).GetProperty("properties").EnumerateObject();
        var example = fields.ToDictionary(field => field.Name, field => field.Value.GetProperty("example"));
        using var response = await _client.PostAsJsonAsync(Path, example);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task A_value_is_a_decimal_and_a_name_has_a_pattern_without_U_0000()
    {
        var fields = (await RequestSchemaAsync()).GetProperty("properties");
        var value = fields.GetProperty("value");
        Assert.Equal(("number", "decimal"), (value.GetProperty("type").GetString(), value.GetProperty("format").GetString()));
        Assert.Equal(1_000_000_000, value.GetProperty("maximum").GetInt32());
        var pattern = fields.GetProperty("name").GetProperty("pattern").GetString()!;
        Assert.DoesNotMatch(pattern, "a\0b");
        Assert.DoesNotMatch(pattern, " ");
        Assert.Matches(pattern, "a b");
    }

    [Theory]
    [InlineData("", "$", "The body is missing: send a JSON object.")]
    [InlineData("null", "$", "The body is missing: send a JSON object.")]
    [InlineData("[]", "$", "The body must be a JSON object.")]
    [InlineData("7", "$", "The body must be a JSON object.")]
    [InlineData("{\"name\":", "$", "This is not valid JSON (line 1, byte 9).")]
    [InlineData("""{"name": "x", "value": 1, "other": 2}""", "other", "There is no field other.")]
    [InlineData("""{"name": "x", "value": "1"}""", "value", "The value of value has the wrong type or is out of range.")]
    [InlineData("""{"name": " ", "value": 1}""", "name", "The name must not be empty or white space.")]
    public async Task A_body_that_is_not_as_the_document_says_is_refused_in_words_for_the_caller(string body, string field, string words)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(Path, UriKind.Relative), content);
        await AssertRefusedAsync(response, field, words);
    }

    [Theory]
    [InlineData(Path + "?limit=x", "limit", "This is not a whole number, or it is too large.")]
    [InlineData(Path + "?limit=0", "limit", "The field limit must be between 1 and 1000.")]
    [InlineData(Path + "?limit=1&after=x", "after", "This is not a UUID.")]
    [InlineData("/api/outbox/messages?status=x", "status", "This is not one of Pending, Sent, Failed.")]
    [InlineData("/api/outbox/messages?status=7", "status", "This is not one of Pending, Sent, Failed.")]
    public async Task A_query_that_is_not_as_the_document_says_is_refused_in_words_for_the_caller(string path, string field, string words)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        await AssertRefusedAsync(response, field, words);
    }

    [Fact]
    public async Task A_header_is_refused_under_its_own_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { name = "x", value = 1 }) };
        request.Headers.Add("Idempotency-Key", new string('x', 201));
        using var response = await _client.SendAsync(request);
        await AssertRefusedAsync(response, "Idempotency-Key", "The key has 1 to 200 characters.");
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.Created)]
    [InlineData("application/json; charset=UTF-8", HttpStatusCode.Created)]
    [InlineData("application/json; charset=nonsense", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_charset_may_be_quoted_and_must_be_known(string type, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent("""{"name": "ä", "value": 1}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _client.PostAsync(new Uri(Path, UriKind.Relative), content);
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains("json", response.Content.Headers.ContentType!.MediaType!, StringComparison.Ordinal);
    }

    private async Task<JsonElement> RequestSchemaAsync() =>
        (await ApiDocuments.ReadAsync(_client)).GetProperty("components").GetProperty("schemas").GetProperty("EntityItemRequest");

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string field, string words)
    {
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(words, Assert.Single(problem.GetProperty("errors").GetProperty(field).EnumerateArray()).GetString());
    }
}
