namespace Peers;

/// <summary>The entity, as the services have it.</summary>
public sealed class EntityItem
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required decimal Value { get; set; }

    public long Version { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>The body of a POST or PUT.</summary>
public sealed record EntityItemRequest(string Name, decimal Value);

/// <summary>The event, with the same content as that of the services.</summary>
public sealed record EntityItemChanged(
    Guid Id, string Name, decimal Value, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static EntityItemChanged Of(EntityItem item) =>
        new(item.Id, item.Name, item.Value, item.Version, item.CreatedAt, item.UpdatedAt);
}
