using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Amqp.Types;

namespace Messaging.Inbox.DeadLetters;

/// <summary>
/// A message as JSON that people can read: its properties and the beginning of its body. Long and deeply nested values are cut.
/// </summary>
internal static class DeadLetterPreview
{
    private const int MaxDepth = 8;
    private const int MaxItems = 100;
    private const int MaxBytes = 1024;
    private const string Cut = "…";

    public static string Of(Message message)
    {
        var preview = new JsonObject
        {
            ["subject"] = Of(message.Properties?.Subject),
            ["content-type"] = Of(message.Properties?.ContentType?.ToString()),
            ["correlation-id"] = Of(IncomingMessage.IdOf(() => message.Properties?.GetCorrelationId())),
            ["group-id"] = Of(message.Properties?.GroupId),
            ["to"] = Of(message.Properties?.To),
            ["reply-to"] = Of(message.Properties?.ReplyTo),
            ["application-properties"] = Try(() => Of(message.ApplicationProperties?.Map ?? new Map())),
            ["body"] = Try(() => IncomingBody.Read(message.BodySection) is { } body ? OfBytes(body) : OfSection(message.BodySection)),
        };
        return PostgresText.Storable(preview.ToJsonString());
    }

    private static JsonNode? Try(Func<JsonNode?> preview)
    {
        try
        {
            return preview();
        }
        catch (Exception exception)
        {
            // It is nested more than 64 deep, or is not well encoded: AMQPNetLite cannot decode it. The dead letter must be stored all the
            // same.
            return OfText(exception.Message);
        }
    }

    private static JsonNode? OfSection(RestrictedDescribed? section) => section switch
    {
        global::Amqp.Framing.AmqpValue value => Of(value.Value),
        global::Amqp.Framing.AmqpSequence sequence => Of(sequence.List),
        _ => null,
    };

    /// <summary>A value of any AMQP type (specification 1.6).</summary>
    private static JsonNode? Of(object? value, int depth = 0) => value switch
    {
        null => null,
        bool truth => truth,
        byte or ushort or uint or sbyte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong number => number,
        float number when float.IsFinite(number) => number,
        double number when double.IsFinite(number) => number,
        DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => OfBytes(bytes),
        string text => OfText(text),
        DescribedValue or IEnumerable when depth == MaxDepth => Cut,
        DescribedValue described => new JsonArray(Of(described.Descriptor, depth + 1), Of(described.Value, depth + 1)),
        Map map => OfMap(map, depth + 1),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Take(MaxItems).Select(item => Of(item, depth + 1))]),
        _ => OfText(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static JsonObject OfMap(Map map, int depth)
    {
        var json = new JsonObject();
        foreach (var entry in map.Take(MaxItems))
        {
            json[OfText(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "").GetValue<string>()] = Of(entry.Value, depth);
        }

        return json;
    }

    private static JsonValue OfText(string text) => JsonValue.Create(text.Length <= MaxBytes ? text : text[..MaxBytes] + Cut);

    /// <summary>Text if the bytes are UTF-8, otherwise base64.</summary>
    private static JsonValue OfBytes(byte[] bytes) => Utf8.IsValid(bytes)
        ? OfText(Encoding.UTF8.GetString(bytes))
        : JsonValue.Create(Convert.ToBase64String(bytes, 0, Math.Min(bytes.Length, MaxBytes)) + (bytes.Length > MaxBytes ? Cut : ""));
}
