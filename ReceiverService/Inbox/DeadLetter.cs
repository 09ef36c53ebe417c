namespace ReceiverService.Inbox;

/// <summary>A message that cannot be processed, kept with the reason for an operator, on any broker.</summary>
internal sealed class DeadLetter
{
    public long Id { get; init; }

    /// <summary>As it came; it may be missing, or be no UUID.</summary>
    public string? MessageId { get; init; }

    public string? Type { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The properties and application properties as they came, JSON.</summary>
    public required string Properties { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }
}
