namespace ReceiverService.EntityItems;

/// <summary>The projection of an entity: its newest known state.</summary>
internal sealed class EntityItem
{
    public required Guid Id { get; init; }

    public string? Name { get; init; }

    public decimal? Value { get; init; }

    /// <summary>The version that this state is of. What comes later with a lower version is not applied.</summary>
    public required long Version { get; init; }

    /// <summary>A deleted entity leaves its version behind, so that an older event cannot bring it back.</summary>
    public required bool IsDeleted { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
