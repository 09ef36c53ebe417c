using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SenderService.Tests.Telemetry;

/// <summary>The telemetry of requests, as an exporter gets it.</summary>
[Collection(SenderSuite.Name)]
public sealed class RequestSpansTests(Infrastructure infrastructure)
{
    private const string Requests = "Microsoft.AspNetCore";
    private const string Commands = "Npgsql";

    /// <summary>Nobody listens there. The service makes spans anyway.</summary>
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1";

    private readonly ExportedSpans _exported = new();

    [Fact]
    public async Task The_span_of_a_request_has_its_name_route_and_status_for_every_outcome()
    {
        await using var sender = await StartAsync();
        await AssertSpanAsync(HttpMethod.Post, "/api/EntityItems", """{"name": "new", "value": 1}""", "POST /api/EntityItems", 201);
        await AssertSpanAsync(HttpMethod.Post, "/api/EntityItems", "{", "POST /api/EntityItems", 400);
        await AssertSpanAsync(HttpMethod.Get, $"/api/EntityItems/{Guid.Empty}", null, "GET /api/EntityItems/{id:guid}", 404);
        await AssertSpanAsync(HttpMethod.Get, "/", null, "GET /", 302);
        await AssertSpanAsync(HttpMethod.Get, "/nowhere", null, "GET", 404);

        await Sql.ExecuteAsync(sender.Database, "ALTER TABLE entity_items RENAME TO gone");
        var failed = await AssertSpanAsync(HttpMethod.Get, "/api/EntityItems?limit=3", null, "GET /api/EntityItems", 503);
        Assert.Equal(ActivityStatusCode.Error, failed.Status);

        async Task<Activity> AssertSpanAsync(HttpMethod method, string path, string? body, string name, int status)
        {
            var trace = await SendAsync(sender, method, path, body);
            var ended = await Eventually.GetAsync(() => Task.FromResult(SpansOf(trace, path.Split('?')[0])), spans => spans.Length > 0);
            var span = Assert.Single(ended);
            Assert.Equal((name, status), (span.DisplayName, span.GetTagItem("http.response.status_code")));
            Assert.Equal(name.Split(' ').ElementAtOrDefault(1), span.GetTagItem("http.route"));
            Assert.Equal(status >= 500, span.Status == ActivityStatusCode.Error);
            Assert.Equal(span.TagObjects.Count(), span.TagObjects.DistinctBy(tag => tag.Key).Count());
            return span;
        }

        // Not those of where a redirection leads to.
        Activity[] SpansOf(ActivityTraceId trace, string path) =>
            [.. _exported.Of(trace, Requests).Where(span => path.Equals(span.GetTagItem("url.path")))];
    }

    [Fact]
    public async Task The_commands_of_a_request_are_in_its_trace_once_and_probes_and_the_pages_of_Swagger_leave_no_span()
    {
        await using var sender = await StartAsync();
        var health = await SendAsync(sender, HttpMethod.Get, "/health");
        var alive = await SendAsync(sender, HttpMethod.Get, "/alive");
        var page = await SendAsync(sender, HttpMethod.Get, "/swagger/index.html");
        var read = await SendAsync(sender, HttpMethod.Get, $"/api/EntityItems/{Guid.Empty}");
        await Eventually.GetAsync(() => Task.FromResult(_exported.Of(read, Requests).Any()), ended => ended);

        var command = Assert.Single(_exported.Of(read, Commands));
        Assert.Equal(Assert.Single(_exported.Of(read, Requests)).SpanId, command.ParentSpanId);
        string[] sources = [Requests, Commands];
        ActivityTraceId[] silent = [health, alive, page];
        Assert.DoesNotContain(_exported.All, span => silent.Contains(span.TraceId) && sources.Contains(span.Source.Name));
    }

    [Fact]
    public async Task The_heartbeats_of_the_relay_leave_no_span()
    {
        await using var sender = await StartAsync();

        // The test asks through another database, because its own commands are traced too.
        var elsewhere = await infrastructure.CreateDatabaseAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(sender.Database).Database!;
        var lastPoll = $"""
            SELECT max(query_start) FROM pg_stat_activity WHERE datname = '{database}' AND application_name LIKE 'outbox-relay%'
            """;
        var first = await Sql.ScalarAsync<DateTime>(elsewhere, lastPoll);
        await Eventually.GetAsync(() => Sql.ScalarAsync<DateTime>(elsewhere, lastPoll), last => last > first.AddSeconds(1.5));

        Assert.Contains(_exported.All, span => span.Source.Name == Commands);
        Assert.DoesNotContain(_exported.All, span => database.Equals(span.GetTagItem("db.namespace")));
    }

    [Fact]
    public async Task Without_an_exporter_nothing_is_measured()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        Assert.Null(sender.Services.GetService<TracerProvider>());
        Assert.Null(sender.Services.GetService<MeterProvider>());
    }

    private async Task<RunningSender> StartAsync()
    {
        var sender = await RunningSender.StartAsync(infrastructure, settings: Endpoint);
        sender.Services.GetRequiredService<TracerProvider>().AddProcessor(_exported);
        return sender;
    }

    /// <summary>Sends a request as part of a trace that is recorded.</summary>
    private static async Task<ActivityTraceId> SendAsync(RunningSender sender, HttpMethod method, string path, string? body = null)
    {
        using var caller = new Activity("caller");
        caller.SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await sender.Client.SendAsync(request);
        return caller.TraceId;
    }
}
