namespace ReceiverService.EntityItems;

/// <summary>An entity as it is in the receiver's database.</summary>
public sealed record EntityItemResponse(Guid Id, string Name, decimal Value, long Version, DateTimeOffset? CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static EntityItemResponse Of(EntityItem item) =>
        new(item.Id, item.Name!, item.Value!.Value, item.Version, item.CreatedAt, item.UpdatedAt);
}
