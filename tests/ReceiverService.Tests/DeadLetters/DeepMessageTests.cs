using System.Net;
using System.Net.Http.Json;
using System.Text;
using Amqp;
using Messaging.Inbox.DeadLetters;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>Messages with very deep nesting. The receiver is a process of its own, because a deep recursion could end it.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class DeepMessageTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int DeepestProperty = 60;
    private readonly Guid _id = Guid.CreateVersion7();
    private readonly string _queue = Infrastructure.NewQueue();
    private RunningReceiver _producer = null!;

    /// <summary>Sends messages and reads the projection. Its own receiver listens to another queue.</summary>
    public async Task InitializeAsync() => _producer = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _producer.DisposeAsync();

    [Theory]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public async Task A_deeply_nested_body_is_kept_listed_and_replayed_and_the_messages_behind_it_go_through(int depth)
    {
        var message = Events.Created(_id, 7, "");
        message.BodySection = new NestedValue(depth);
        await AssertKeptAndReplayedAsync(message);
    }

    /// <summary>The client decodes properties at once, and refuses more than 64 levels. Such a message never reaches the inbox.</summary>
    [Fact]
    public async Task A_nested_property_is_kept_listed_and_replayed_and_the_messages_behind_it_go_through()
    {
        var message = Events.Of(Guid.NewGuid(), "EntityItemCreated", 7, "{"u8.ToArray());
        message.ApplicationProperties["nested"] = NestedValue.Lists(DeepestProperty);
        await AssertKeptAndReplayedAsync(message);
    }

    private async Task AssertKeptAndReplayedAsync(Message message)
    {
        await using var receiver = await ReceiverProcess.StartAsync(_producer.Database, infrastructure.Broker, _queue);
        using var client = new HttpClient { BaseAddress = receiver.Address };
        await AssertGoesThroughAsync();
        await _producer.SendToAsync(_queue, message);
        await AssertGoesThroughAsync();

        var letters = await Eventually.GetAsync(
            async () => (await client.GetFromJsonAsync<DeadLetterResponse[]>("/api/dead-letters"))!, letters => letters.Length == 1);
        var path = $"/api/dead-letters/{letters[0].Id}";
        Assert.Equal(letters[0].Reason, (await client.GetFromJsonAsync<DeadLetterResponse>(path))!.Reason);
        using var body = await client.GetAsync(new Uri($"{path}/body", UriKind.Relative));
        Assert.Contains(body.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict });

        using var correction = new StringContent(Events.Body(_id, "corrected"), Encoding.UTF8, "application/json");
        using var corrected = await client.PutAsync(new Uri($"{path}/body", UriKind.Relative), correction);
        Assert.Equal(HttpStatusCode.NoContent, corrected.StatusCode);
        using var replayed = await client.PostAsync(new Uri($"{path}/replay", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        var item = await _producer.ItemAsync(_id, _ => true);
        Assert.Equal(("corrected", 7L), (item!.Name, item.Version));
    }

    private async Task AssertGoesThroughAsync()
    {
        var good = Guid.CreateVersion7();
        await _producer.SendToAsync(_queue, Events.Created(good, 1, "good"));
        await _producer.ItemAsync(good, item => item is not null);
    }
}
