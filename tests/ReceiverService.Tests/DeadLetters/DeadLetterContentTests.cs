using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Messaging.Inbox.Consuming;
using Messaging.Inbox.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using ReceiverService.EntityItems;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>The stored content of a dead letter, for any content of the message.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class DeadLetterContentTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    /// <summary>NUL, and one half of a surrogate pair. PostgreSQL's text cannot contain them.</summary>
    private const string Odd = "\0\ud800";
    private const string Stored = "\ufffd\ufffd";
    private readonly Guid _id = Guid.CreateVersion7();
    private RunningReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await RunningReceiver.StartAsync(infrastructure, "Inbox:RetryDelay=00:00:00.01");

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task Characters_that_PostgreSQL_cannot_store_are_replaced()
    {
        var badId = Events.Created(_id, 1, "");
        badId.Properties.MessageId = $"id{Odd}";
        var badType = Events.Created(_id, 1, "");
        badType.Properties.Subject = $"type{Odd}";
        badType.Properties.SetCorrelationId($"correlation{Odd}");
        badType.ApplicationProperties[$"name{Odd}"] = $"value{Odd}";

        // Not through the broker, because UTF-8 cannot contain half of a pair.
        var handler = new EntityItemProjection(null!);
        await _receiver.Services.GetRequiredService<InboxProcessor>()
            .ProcessAsync(new([IncomingMessage.Read(badId, handler), IncomingMessage.Read(badType, handler)]), default);

        var letters = (await _receiver.DeadLettersAsync(2)).ToDictionary(letter => letter.Type!);
        Assert.Equal($"id{Stored}", letters[nameof(EntityItemCreated)].MessageId);
        var letter = letters[$"type{Stored}"];
        Assert.Equal($"The type 'type{Stored}' is unknown.", letter.Reason);
        Assert.Equal("type\0\ufffd", letter.Preview.GetProperty("subject").GetString());
        Assert.Equal("correlation\0\ufffd", letter.Preview.GetProperty("correlation-id").GetString());
        Assert.Equal("value\0\ufffd", letter.Preview.GetProperty("application-properties").GetProperty("name\0\ufffd").GetString());
    }

    [Fact]
    public async Task A_message_of_ten_megabytes_is_kept_whole_and_the_list_stays_small()
    {
        var body = Encoding.UTF8.GetBytes(new string('x', TenMegabytes));
        await _receiver.SendAsync(Events.Of(Guid.NewGuid(), nameof(EntityItemCreated), 1, body));
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Equal(body, await _receiver.Client.GetByteArrayAsync($"/api/dead-letters/{letter.Id}/body"));
        Assert.InRange((await _receiver.Client.GetByteArrayAsync("/api/dead-letters")).Length, 1, 10_000);
    }

    [Fact]
    public async Task A_replay_processes_exactly_the_original_message()
    {
        await _receiver.ExecuteAsync("ALTER TABLE entity_items ADD CONSTRAINT no_good CHECK (name <> 'good')");
        var message = Full(Events.Created(_id, 9, "good"));
        message.ApplicationProperties["cloudEvents:time"] = "2026-01-02T03:04:05.678901Z";
        await _receiver.SendAsync(message);
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Equal(Events.Body(_id, "good"), await _receiver.Client.GetStringAsync($"/api/dead-letters/{letter.Id}/body"));

        await _receiver.ExecuteAsync("ALTER TABLE entity_items DROP CONSTRAINT no_good");
        using var replay = await _receiver.Client.PostAsync(new Uri($"/api/dead-letters/{letter.Id}/replay", UriKind.Relative), null);
        replay.EnsureSuccessStatusCode();
        var item = await _receiver.ItemAsync(_id, _ => true);
        Assert.Equal(("good", 9L), (item!.Name, item.Version));
        Assert.Equal(1, await _receiver.ScalarAsync<long>($"""
            SELECT count(*) FROM inbox_messages WHERE message_id = '{message.Properties.MessageId}' AND type = 'EntityItemCreated'
                AND occurred_at = '2026-01-02 03:04:05.678901+00' AND NOT is_dead_letter
            """));
    }

    /// <summary>The message has every section, and every type of AMQP that the client knows.</summary>
    [Fact]
    public void The_encoded_message_equals_the_received_one()
    {
        // RabbitMQ 3 ends the connection if it gets one of these. So the test uses no broker.
        var message = Full(Events.Of(Guid.NewGuid(), "Unknown", 1, "{}"u8.ToArray()));
        message.DeliveryAnnotations = new DeliveryAnnotations { [new Symbol("x-opt-delivery")] = "delivery" };
        message.Footer = new Footer { [new Symbol("x-opt-footer")] = "footer" };
        message.ApplicationProperties["array"] = new[] { 1, 2 };
        message.ApplicationProperties["map"] = new Map { ["key"] = 1, [2] = new List { "item", null } };
        message.ApplicationProperties["described"] = new DescribedValue(new Symbol("descriptor"), "value");
        var came = message.Encode();
        var encoded = came.Buffer.AsSpan(came.Offset, came.Length).ToArray();
        var letter = DeadLetter.Of(IncomingMessage.Read(Message.Decode(came), new EntityItemProjection(null!)));
        Assert.Equal(encoded, letter.Message);

        var decoded = letter.Decode();
        Assert.Equal((true, 7, 3u), (decoded.Header.Durable, decoded.Header.Priority, decoded.Header.DeliveryCount));
        Assert.Equal("delivery", decoded.DeliveryAnnotations[new Symbol("x-opt-delivery")]);
        Assert.Equal("message", decoded.MessageAnnotations[new Symbol("x-opt-message")]);
        Assert.Equal("footer", decoded.Footer[new Symbol("x-opt-footer")]);
        Assert.Equal("reply", decoded.Properties.ReplyTo);
        Assert.Equal(ulong.MaxValue, decoded.ApplicationProperties["ulong"]);
        Assert.Equal([1, 2], Assert.IsType<int[]>(decoded.ApplicationProperties["array"]));
        Assert.Equal("{}"u8.ToArray(), ((DataSection)decoded.BodySection).Binary);
    }

    private static Message Full(Message message)
    {
        (message.Header.Priority, message.Header.DeliveryCount) = (7, 3);
        message.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-message")] = "message" };
        (message.Properties.ReplyTo, message.Properties.GroupId, message.Properties.GroupSequence) = ("reply", "group", 5);
        (message.Properties.ContentEncoding, message.Properties.ReplyToGroupId) = ("identity", "reply-group");
        message.Properties.SetCorrelationId(Guid.NewGuid());
        message.Properties.CreationTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        AnyProperties.AddTo(message.ApplicationProperties);
        return message;
    }
}
