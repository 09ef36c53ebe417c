using System.Text.Json;

namespace Messaging.Inbox.DeadLetters;

/// <summary>A dead letter.</summary>
/// <param name="Id">Its number, by which it is replayed.</param>
/// <param name="MessageId">The message's id as it came.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="Reason">Why it cannot be processed.</param>
/// <param name="ReceivedAt">When it was put aside.</param>
/// <param name="Replays">Number of failed replays.</param>
/// <param name="Preview">The message's properties, and the beginning of its body. Long and deeply nested values are cut.</param>
public sealed record DeadLetterResponse(
    long Id, string? MessageId, string? Type, string Reason, DateTimeOffset ReceivedAt, int Replays, JsonElement Preview);
