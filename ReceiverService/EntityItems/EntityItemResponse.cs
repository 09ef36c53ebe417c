namespace ReceiverService.EntityItems;

/// <summary>An entity in the database of the receiver.</summary>
public sealed record EntityItemResponse(
    Guid Id, string Name, decimal Value, long Version, DateTimeOffset? CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static EntityItemResponse Of(EntityItem item) =>
        new(item.Id, item.Name!, item.Value!.Value, item.Version, item.CreatedAt, item.UpdatedAt);
}
