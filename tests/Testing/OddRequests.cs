using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Xunit;

namespace Testing;

/// <summary>Sends whatever a client can put into a request to every route of a service, a route that is added later too.</summary>
public static class OddRequests
{
    private const string Item = """{"name": "odd", "value": 1}""";
    private static readonly string Deep = string.Concat(Enumerable.Repeat("[", 1_000));

    private static readonly string[] Charsets =
    [
        "\"utf-8\"", "UTF-8", "utf8", "\"UTF-8\"", "'utf-8'", "nonsense", "\"nonsense\"", "utf-7", "utf-16", "utf-32", "us-ascii",
        "iso-8859-1", "windows-1252", "ibm037", "65001", "\"\"", "\"", "\"utf-8", "utf-8;charset=utf-16", "utf-8; boundary=x", "%75tf-8",
    ];

    private static readonly string[] ContentTypes =
    [
        .. Charsets.Select(charset => $"application/json; charset={charset}"),
        "application/json", "application/json;", "application/json;;", "APPLICATION/JSON", "application/json; q", "application/json; =x",
        "application/merge-patch+json", "application/problem+json; charset=\"x\"", "text/json", "text/plain", "text/html", "*/*",
        "application/xml", "multipart/form-data", "multipart/form-data; boundary=\"", "application/x-www-form-urlencoded", "json", "/", ";",
        "application/json, text/plain", "application/octet-stream", "application/json\t", "application/grpc", "image/png",
    ];

    private static readonly string[] Lists =
    [
        "", "*", "\"1\"", "W/\"1\"", "1", "\"", "\"\"", "W/", "\"1\", \"2\"", "\"1\" \"2\"", "*, \"1\"", ",", ", ,", "\"é\"", "W/*", "\"1",
        "\"9999999999999999999999\"",
    ];

    private static readonly string[] Values = ["", "\"", "*", ";=,", "é", "\u007f", "%00", "-1", "99999999999999999999", "null"];

    private static readonly string[] Names =
    [
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Language", "Cookie",
        "Forwarded", "Idempotency-Key", "If-Modified-Since", "If-Range", "If-Unmodified-Since", "Origin", "Range", "TE", "X-Api-Key",
        "X-Forwarded-For", "X-HTTP-Method-Override", "baggage", "traceparent", "tracestate",
    ];

    private static readonly string[] OddMethods = ["HEAD", "OPTIONS", "PATCH", "TRACE", "NONSENSE", "get"];

    private static readonly string[] Queries =
    [
        .. from name in new[] { "limit", "after", "status", "unknown" }
           from value in new[] { "", "x", "0", "-1", "1001", "2147483648", "1e3", "1.5", "%00", "%ff", "%F0%9F%98%80", "null", "[]", "*" }
           select $"{name}={value}",
        "limit", "limit=1&limit=2", "limit=x&after=y&status=z", "LIMIT=x", "&&&", "=", "%", "after=00000000-0000-0000-0000-000000000000",
        "after={00000000-0000-0000-0000-000000000000}", "status=failed", "status=7", "status=Sent,Failed", "status=-1", "limit=1&after=%zz",
    ];

    private static readonly string[] Bodies =
    [
        "", " ", "null", "true", "1", "\"x\"", "[]", "[{}]", "{}", "{", "}", "[", "{]", "{\"", "nul", "\0", "\ufeff{}", Item[..^1],
        Item + Item, Item + ",", "{'name': 'x'}", "{name: 1}", "/* */ {}", Deep, "{\"name\":" + Deep, "{\"name\": {}, \"value\": []}",
        """{"name": "x", "value": NaN}""", """{"name": "x", "value": "1"}""", """{"name": "x", "value": 1e400}""",
        """{"name": "x", "value": 1e-400}""", """{"name": "x", "value": -0}""", """{"name": "x", "value": 01}""",
        """{"name": "x", "value": 1, "other": 1}""", """{"name": "x", "name": "y", "value": 1}""", """{"NAME": "x", "Value": 1}""",
        """{"name": "\ud800", "value": 1}""", """{"name": "\udc00\ud800", "value": 1}""", """{"name": "\u0000", "value": 1}""",
        """{"name": "\u202e😀é\ufffe", "value": 1}""", """{"name": "x", "value": 79228162514264337593543950336}""",
        """{"name": "x", "value": 0.00000000000000000000000000001}""", """{"$type": "x", "$ref": 1, "$id": {}, "__proto__": null}""",
        """{"": ""}""", """{"name": null, "value": null}""", "name=x&value=1", "<name>x</name>", "--x\r\n\r\n--x--",
    ];

    /// <summary>Sends them all. No answer is a failure of the service, and every refusal is a ProblemDetails for the caller.</summary>
    /// <param name="service">The service.</param>
    /// <param name="address">Its address.</param>
    /// <param name="existing">An existing item for each route parameter.</param>
    public static async Task AssertAnsweredAsync(IServiceProvider service, Uri address, IReadOnlyDictionary<string, string> existing)
    {
        // The header may have any byte.
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        })
        { BaseAddress = address };
        var wrong = new ConcurrentQueue<string>();
        foreach (var (method, path) in ServiceRoute.Of(service, existing))
        {
            var requests = To(path, method).Concat(WithOddMethods(path)).ToArray();
            Assert.InRange(requests.Length, 200, int.MaxValue);
            await Parallel.ForEachAsync(requests, async (make, _) =>
            {
                if (await SendAsync(client, make) is { } answer)
                {
                    wrong.Enqueue(answer);
                }
            });
        }

        Assert.True(wrong.IsEmpty, $"{wrong.Count} wrong answers:\n{string.Join('\n', wrong.Take(20))}");
    }

    private static IEnumerable<Func<HttpRequestMessage>> To(string path, string method)
    {
        var hasBody = method is "POST" or "PUT";
        foreach (var type in ContentTypes)
        {
            yield return () => Request(method, path, Item, type);
        }

        foreach (var body in hasBody ? Bodies : Bodies[..5])
        {
            yield return () => Request(method, path, body, "application/json");
        }

        foreach (var query in Queries)
        {
            yield return () => Request(method, $"{path}?{query}", hasBody ? Item : null);
        }

        foreach (var (name, value) in Headers())
        {
            yield return () => With(Request(method, path, hasBody ? Item : null), name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Headers()
    {
        foreach (var list in Lists)
        {
            yield return ("If-Match", list);
            yield return ("If-None-Match", list);
            yield return ("Accept", list);
        }

        foreach (var name in Names)
        {
            foreach (var value in Values)
            {
                yield return (name, value);
            }
        }

        yield return ("Idempotency-Key", new string('x', 201));
        yield return ("Accept", "text/html");
        yield return ("Accept", "application/xml;q=1, */*;q=0");
        yield return ("Accept", "application/json;q=x");
        yield return ("Expect", "nonsense");
    }

    private static IEnumerable<Func<HttpRequestMessage>> WithOddMethods(string path) =>
        from method in OddMethods
        select (Func<HttpRequestMessage>)(() => Request(method, path, null));

    private static HttpRequestMessage Request(string method, string path, string? body, string type = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }

    private static HttpRequestMessage With(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <returns>The request with its answer if that is wrong, otherwise null.</returns>
    private static async Task<string?> SendAsync(HttpClient client, Func<HttpRequestMessage> make)
    {
        using var request = make();
        using var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        var isForCallers = response.StatusCode < HttpStatusCode.BadRequest || answer.Length == 0
            || (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                && !answer.Contains("   at ", StringComparison.Ordinal)
                && !answer.Contains("parameter", StringComparison.Ordinal));
        return response.StatusCode < HttpStatusCode.InternalServerError && isForCallers
            ? null
            : $"{request}\n{Encoding.UTF8.GetString(request.Content is { } body ? await body.ReadAsByteArrayAsync() : [])}\n"
                + $"{(int)response.StatusCode} {answer}\n";
    }
}
