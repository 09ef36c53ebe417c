using System.Net;
using System.Text;
using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ReceiverService.EntityItems;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>Every message is applied, or kept with a reason. The good messages around it go through.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class DeadLetterTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly byte[] TenMegabytes = Encoding.UTF8.GetBytes(new string('x', 10 * 1024 * 1024));
    private readonly Guid _id = Guid.CreateVersion7();
    private RunningReceiver _receiver = null!;

    /// <summary>Ways to spoil a good message, each with its name.</summary>
    private static readonly Dictionary<string, (Action<Message> Spoil, string Reason)> Spoiled = new()
    {
        ["malformed JSON"] = (message => message.BodySection = DataOf("{\"id\": "), "is not the JSON of EntityItemCreated"),
        ["no UTF-8"] = (message => message.BodySection = new DataSection { Binary = [0x22, 0xC3, 0x28, 0x22] }, "is not the JSON"),
        ["half a character"] = (message => message.BodySection = DataOf(Events.Body(Guid.Empty, "\\ud800")), "is not the JSON"),
        ["no bytes"] = (message => message.BodySection = new DataSection { Binary = [] }, "is not the JSON"),
        ["10 MB"] = (message => message.BodySection = new DataSection { Binary = TenMegabytes }, "is not the JSON"),
        ["no body"] = (message => message.BodySection = null, "The body is missing"),
        ["a map as its body"] = (
            message => message.BodySection = new AmqpValue { Value = new Map { ["id"] = 1 } }, "neither data nor text"),
        ["an unknown type"] = (message => message.Properties.Subject = "SomethingElse", "The type 'SomethingElse' is unknown"),
        ["a type that cannot be stored"] = (message => message.Properties.Subject = "x\0y", "is unknown"),
        ["no type"] = (message => message.Properties.Subject = null, "The subject"),
        ["no message-id"] = (message => message.Properties.ResetField(0), "The message-id is missing"),
        ["a number as its message-id"] = (message => message.Properties.SetMessageId(7ul), "is no UUID"),
        ["a foreign content type"] = (message => message.Properties.ContentType = "text/xml", "The content-type 'text/xml'"),
        ["no version"] = (message => message.ApplicationProperties = null, "aggregate-version is missing"),
        ["a version that is none"] = (message => message.ApplicationProperties["aggregate-version"] = 1.5, "is no whole number"),
        ["no properties"] = (message => message.Properties = null, "The message-id is missing"),
    };

    private static DataSection DataOf(string text) => new() { Binary = Encoding.UTF8.GetBytes(text) };

    public static TheoryData<string> Kinds => [.. Spoiled.Keys];

    public async Task InitializeAsync() => _receiver = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_message_that_cannot_be_read_is_kept_with_the_reason_and_the_messages_around_it_go_through(string kind)
    {
        var spoiled = Events.Created(Guid.CreateVersion7(), 1, "spoiled");
        Spoiled[kind].Spoil(spoiled);
        await Task.WhenAll(_receiver.SendAsync(Events.Created(_id, 1, "before")), _receiver.SendAsync(spoiled), _receiver.SendLastAsync());

        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Contains(Spoiled[kind].Reason, letter.Reason, StringComparison.Ordinal);
        Assert.Equal("before", (await _receiver.ItemAsync(_id, item => item is not null))!.Name);
        using var body = await _receiver.Client.GetAsync(new Uri($"/api/dead-letters/{letter.Id}/body", UriKind.Relative));
        if (spoiled.BodySection is DataSection { Binary: var sent })
        {
            Assert.Equal(sent, await body.Content.ReadAsByteArrayAsync());
        }
        else
        {
            // Some brokers convert such a body into bytes.
            Assert.Contains(body.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict });
        }
    }

    [ArtemisFact]
    public async Task Text_values_bytes_values_and_several_data_sections_are_read_like_data()
    {
        var (text, bytes, sections) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new DataList());
        await SendAsync(text, new AmqpValue { Value = Events.Body(text, "text") });
        await SendAsync(bytes, new AmqpValue { Value = Encoding.UTF8.GetBytes(Events.Body(bytes, "bytes")) });
        var body = Encoding.UTF8.GetBytes(Events.Body(_id, "sections"));
        sections.Add(new DataSection { Binary = body[..20] });
        sections.Add(new DataSection { Binary = body[20..] });
        await SendAsync(_id, sections);
        Assert.Equal("text", (await _receiver.ItemAsync(text, item => item is not null))!.Name);
        Assert.Equal("bytes", (await _receiver.ItemAsync(bytes, item => item is not null))!.Name);
        Assert.Equal("sections", (await _receiver.ItemAsync(_id, item => item is not null))!.Name);
    }

    [Fact]
    public async Task An_event_of_ten_megabytes_is_applied()
    {
        await _receiver.SendAsync(Events.Created(_id, 1, new string('n', 10 * 1024 * 1024)));
        Assert.Equal(10 * 1024 * 1024, (await _receiver.ItemAsync(_id, item => item is not null))!.Name.Length);
    }

    [Fact]
    public async Task Application_properties_of_any_type_are_accepted_and_kept_readable()
    {
        var good = Events.Created(_id, 1, "good");
        AnyProperties.AddTo(good.ApplicationProperties);
        var bad = Events.Of(Guid.NewGuid(), nameof(EntityItemCreated), 1, "{"u8.ToArray());
        AnyProperties.AddTo(bad.ApplicationProperties);
        await _receiver.SendAsync(bad);
        await _receiver.SendAsync(good);

        Assert.NotNull(await _receiver.ItemAsync(_id, item => item is not null));
        var properties = Assert.Single(await _receiver.DeadLettersAsync(1)).Preview.GetProperty("application-properties");
        Assert.Equal(
            """
            {"aggregate-version":1,"bool":true,"ubyte":200,"ushort":60000,"uint":4000000000,"ulong":18446744073709551615,"byte":-100,
            "short":-30000,"int":-2000000000,"long":-5000000000,"float":1.5,"double":-2.25,"nan":"NaN","char":"x",
            "time":"2026-01-02T03:04:05.0060000Z","uuid":"00112233-4455-6677-8899-aabbccddeeff","binary":"AQL/",
            "string":"text\u0000","symbol":"sym","nothing":null}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(properties));
    }

    private Task SendAsync(Guid id, RestrictedDescribed body)
    {
        var message = Events.Created(id, 1, "");
        message.BodySection = body;
        return _receiver.SendAsync(message);
    }
}
