using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ReceiverService.DeadLetters;

/// <summary>A dead letter, readable.</summary>
/// <param name="Id">Its number, by which it is replayed.</param>
/// <param name="MessageId">The message's id as it came.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="Reason">Why it cannot be processed.</param>
/// <param name="ReceivedAt">When it was put aside.</param>
/// <param name="Replays">How often it was replayed in vain.</param>
/// <param name="Properties">The message's properties and application properties.</param>
/// <param name="BodyLength">The body's length in bytes.</param>
/// <param name="BodyEncoding"><c>utf-8</c> if the body is text, else <c>base64</c>.</param>
/// <param name="Body">The body in that encoding; in a list its beginning.</param>
public sealed record DeadLetterResponse(
    long Id,
    string? MessageId,
    string? Type,
    string Reason,
    DateTimeOffset ReceivedAt,
    int Replays,
    JsonElement Properties,
    int BodyLength,
    string BodyEncoding,
    string Body)
{
    internal static DeadLetterResponse Of(DeadLetterRow row)
    {
        var text = TextOf(row.Body, isWhole: row.Body.Length == row.BodyLength);
        return new(
            row.Id,
            row.MessageId,
            row.Type,
            row.Reason,
            row.ReceivedAt,
            row.Replays,
            JsonElement.Parse(row.Properties),
            row.BodyLength,
            text is null ? "base64" : "utf-8",
            text ?? Convert.ToBase64String(row.Body));
    }

    /// <returns>The text; null if it is none. The beginning of a text may end within a character, which is left out.</returns>
    private static string? TextOf(ReadOnlySpan<byte> body, bool isWhole)
    {
        while (!isWhole && body.Length > 0 && Rune.DecodeLastFromUtf8(body, out _, out var count) == OperationStatus.NeedMoreData)
        {
            body = body[..^count];
        }

        return System.Text.Unicode.Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : null;
    }
}
