using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amqp;
using SenderService.EntityItems;
using DataSection = Amqp.Framing.Data;

namespace SenderService.Tests;

/// <summary>docs/asyncapi.yaml describes the messages as they are on the wire.</summary>
[Collection(SenderSuite.Name)]
public sealed class AsyncApiTests(Infrastructure infrastructure, SenderFixture fixture) : IClassFixture<SenderFixture>
{
    private const string Path = "/api/EntityItems";
    private static readonly string Document = Solution.PathOf("docs/asyncapi.yaml");
    private static readonly string[] Types = [nameof(EntityItemCreated), nameof(EntityItemUpdated), nameof(EntityItemDeleted)];

    [AsyncApiFact]
    public void The_document_has_no_error_and_no_warning() => AsyncApi.AssertDescribes(Document);

    [Fact]
    public void The_document_names_the_queue_that_the_service_publishes_to()
    {
        var settings = JsonNode.Parse(File.ReadAllText(Solution.PathOf("SenderService/appsettings.json")))!;
        Assert.Contains($"    address: {settings["Outbox"]!["Queue"]}", File.ReadLines(Document));
    }

    [AsyncApiFact]
    public void The_document_describes_the_contracts() =>
        AsyncApi.AssertDescribes(Document, Array.ConvertAll(Types, type => (JsonNode)new JsonObject
        {
            ["type"] = type,
            ["payload"] = JsonNode.Parse(File.ReadAllText(Solution.PathOf($"tests/Contracts/{type}.json"))),
        }));

    [AsyncApiFact]
    public async Task The_document_describes_each_message_that_comes_from_the_broker()
    {
        using var created = await SendAsync(HttpMethod.Post, Path, "Zwölf Äpfel");
        var item = (await created.Content.ReadFromJsonAsync<EntityItemResponse>())!;
        using var updated = await SendAsync(HttpMethod.Put, $"{Path}/{item.Id}", "Dreizehn Äpfel");
        using var deleted = await SendAsync(HttpMethod.Delete, $"{Path}/{item.Id}");

        var messages = await QueueReader.MessagesAsync(infrastructure, fixture.Sender.Queue, Types.Length);
        Assert.Equal(Types, messages.Select(message => message.Properties.Subject));
        Assert.All(messages, message => Assert.True(message.Header.Durable));
        AsyncApi.AssertDescribes(Document, [.. messages.Select(AsDescribed)]);
    }

    /// <summary>Sends a request with all that a message can carry on.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? name = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = name is null ? null : JsonContent.Create(new { name, value = 12.5m });
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("tracestate", "vendor=opaque");
        request.Headers.Add("baggage", "tenant=blue");
        var response = await fixture.Sender.Client.SendAsync(request);
        return response.EnsureSuccessStatusCode();
    }

    private static JsonObject AsDescribed(Message message) => new()
    {
        ["type"] = message.Properties.Subject,
        ["headers"] = JsonSerializer.SerializeToNode(
            message.ApplicationProperties.Map.ToDictionary(property => (string)property.Key, property => property.Value)),
        ["x-amqp-properties"] = new JsonObject
        {
            ["message-id"] = message.Properties.MessageId,
            ["subject"] = message.Properties.Subject,
            ["correlation-id"] = message.Properties.CorrelationId,
            ["content-type"] = message.Properties.ContentType.ToString(),
            ["creation-time"] = message.Properties.CreationTime,
            ["group-id"] = message.Properties.GroupId,
        },
        ["payload"] = JsonNode.Parse(((DataSection)message.BodySection).Binary),
    };
}
