namespace ReceiverService.EntityItems;

/// <summary>The newest known state of an entity.</summary>
internal sealed class EntityItem
{
    public required Guid Id { get; init; }

    public string? Name { get; init; }

    public decimal? Value { get; init; }

    /// <summary>The version of this state. An event with a lower one is not applied.</summary>
    public required long Version { get; init; }

    /// <summary>True if it is deleted. The row stays, so that an older event cannot bring the entity back.</summary>
    public required bool IsDeleted { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
