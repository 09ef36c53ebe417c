using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using ReceiverService.Inbox;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.DeadLetters;

/// <summary>
/// Makes a dead letter of any message, however odd, and a message of it again: what cannot be processed must at least be kept. The properties
/// are JSON, so that an operator can read and correct them; a type that JSON does not have becomes text.
/// </summary>
internal static class DeadLetterContent
{
    private const string Subject = "subject";
    private const string ContentType = "content-type";
    private const string CorrelationId = "correlation-id";
    private const string BodySection = "body-section";
    private const string ApplicationProperties = "application-properties";

    public static DeadLetter From(IncomingMessage message) => new()
    {
        MessageId = Storable(Convert.ToString(message.Delivery.Properties?.GetMessageId(), CultureInfo.InvariantCulture)),
        Type = Storable(message.Type),
        Body = IncomingBody.Show(message.Delivery.BodySection),
        Properties = PropertiesOf(message.Delivery).ToJsonString(),
        Reason = Storable(message.Failure) ?? "",
    };

    /// <summary>The message as it came, but for what was corrected since.</summary>
    public static Message ToMessage(DeadLetter letter)
    {
        var properties = JsonNode.Parse(letter.Properties) as JsonObject ?? [];
        var message = new Message
        {
            Properties = new Properties
            {
                MessageId = letter.MessageId,
                Subject = letter.Type,
                ContentType = Text(properties[ContentType]),
                CorrelationId = Text(properties[CorrelationId]),
            },
            ApplicationProperties = new ApplicationProperties(),

            // Whatever it came as: what the row has now may be corrected, and is then the JSON that it should have been.
            BodySection = new DataSection { Binary = letter.Body },
        };
        foreach (var (name, value) in properties[ApplicationProperties] as JsonObject ?? [])
        {
            message.ApplicationProperties[name] = Text(value);
        }

        return message;
    }

    /// <summary>
    /// PostgreSQL's text holds any character but NUL, and no half of a surrogate pair, which no UTF-8 has.
    /// </summary>
    public static string? Storable(string? text) => text switch
    {
        null or "" => null,
        _ when !text.Contains('\0', StringComparison.Ordinal) && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 => text,
        _ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD'))),
    };

    private static JsonObject PropertiesOf(Message delivery) => new()
    {
        [Subject] = delivery.Properties?.Subject,
        [ContentType] = delivery.Properties?.ContentType?.ToString(),
        [CorrelationId] = AmqpJson.Of(delivery.Properties?.GetCorrelationId()),
        ["group-id"] = delivery.Properties?.GroupId,
        ["to"] = delivery.Properties?.To,
        ["reply-to"] = delivery.Properties?.ReplyTo,
        [BodySection] = IncomingBody.TryRead(delivery.BodySection, out _) ? "data" : NameOf(delivery.BodySection),
        [ApplicationProperties] = AmqpJson.Of(delivery.ApplicationProperties?.Map ?? new Map()),
    };

    /// <summary>The section's name in the specification, 3.2; text counts as data.</summary>
    private static string? NameOf(RestrictedDescribed? section) => section switch
    {
        null => null,
        AmqpSequence => "amqp-sequence",
        _ => "amqp-value",
    };

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
