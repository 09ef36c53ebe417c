using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Amqp.Types;

namespace ReceiverService.DeadLetters;

/// <summary>Values of any AMQP type (specification 1.6) as JSON, for people to read.</summary>
internal static class AmqpJson
{
    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        bool truth => truth,
        byte or ushort or uint or sbyte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong number => number,
        float number when float.IsFinite(number) => number,
        double number when double.IsFinite(number) => number,
        DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        byte[] binary => Convert.ToBase64String(binary),
        DescribedValue described => new JsonObject { ["descriptor"] = Of(described.Descriptor), ["value"] = Of(described.Value) },
        IDictionary map => OfMap(map),
        string text => text,
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Of)]),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static JsonObject OfMap(IDictionary map)
    {
        var json = new JsonObject();
        foreach (DictionaryEntry entry in map)
        {
            json[Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = Of(entry.Value);
        }

        return json;
    }
}
