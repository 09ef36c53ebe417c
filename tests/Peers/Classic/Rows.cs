namespace Peers.Classic;

/// <summary>A message that is to be published.</summary>
public sealed class OutboxRow
{
    public long Id { get; init; }

    public required Guid MessageId { get; init; }

    public required string Payload { get; init; }

    public DateTimeOffset? ProcessedAt { get; set; }
}

/// <summary>A message that was applied.</summary>
public sealed class InboxRow
{
    public required Guid MessageId { get; init; }

    public required DateTimeOffset ProcessedAt { get; init; }
}
