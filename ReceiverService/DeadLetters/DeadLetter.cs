namespace ReceiverService.DeadLetters;

/// <summary>
/// A message that cannot be processed, kept with the reason for an operator, on any broker. It can be replayed, and what an operator corrects
/// in its row is what is replayed then.
/// </summary>
internal sealed class DeadLetter
{
    public long Id { get; init; }

    /// <summary>As it came; it may be missing, or be no UUID.</summary>
    public string? MessageId { get; init; }

    public string? Type { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The properties and application properties as they came, JSON: see <see cref="DeadLetterContent"/>.</summary>
    public required string Properties { get; init; }

    /// <summary>Why it cannot be processed; after a replay in vain, why it still cannot.</summary>
    public required string Reason { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How often it was replayed in vain.</summary>
    public int Replays { get; init; }
}
