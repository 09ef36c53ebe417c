namespace SenderService.EntityItems;

/// <summary>What this service is about. Its version grows by one with every change, and each version is told to others by one
/// event.</summary>
internal sealed class EntityItem
{
    public const int MaxNameLength = 200;
    public const string MinValue = "-1000000000";
    public const string MaxValue = "1000000000";

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required decimal Value { get; set; }

    /// <summary>1 when created. The concurrency token: of two concurrent changes one fails, so versions are events in commit
    /// order.</summary>
    public long Version { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
