using System.Globalization;
using System.Text.Json;
using Amqp;
using Amqp.Framing;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Inbox;

/// <summary>Makes a dead letter of any message, however odd: what cannot be processed must at least be kept.</summary>
internal static class DeadLetters
{
    public static DeadLetter From(IncomingMessage message) => new()
    {
        MessageId = Storable(message.Delivery.Properties?.GetMessageId()),
        Type = Storable(message.Type),
        Body = BodyOf(message.Delivery),
        Properties = JsonSerializer.Serialize(PropertiesOf(message.Delivery), JsonSerializerOptions.Web),
        Reason = Storable(message.Failure)!,
    };

    private static byte[] BodyOf(Message delivery) => delivery.BodySection switch
    {
        DataSection { Binary: { } body } => body,
        AmqpValue { Value: { } value } => JsonSerializer.SerializeToUtf8Bytes(Convert.ToString(value, CultureInfo.InvariantCulture)),
        _ => [],
    };

    private static Dictionary<string, string?> PropertiesOf(Message delivery)
    {
        var properties = new Dictionary<string, string?>
        {
            ["subject"] = delivery.Properties?.Subject,
            ["content-type"] = delivery.Properties?.ContentType?.ToString(),
            ["correlation-id"] = Convert.ToString(delivery.Properties?.GetCorrelationId(), CultureInfo.InvariantCulture),
            ["group-id"] = delivery.Properties?.GroupId,
        };
        foreach (var (name, value) in delivery.ApplicationProperties?.Map ?? [])
        {
            properties[Convert.ToString(name, CultureInfo.InvariantCulture) ?? ""] = Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        return properties;
    }

    /// <summary>PostgreSQL's text holds any character but NUL.</summary>
    private static string? Storable(object? value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace('\0', '\uFFFD') is { Length: > 0 } text ? text : null;
}
