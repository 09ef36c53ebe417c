using System.ComponentModel.DataAnnotations;
using ServiceDefaults.Api;

namespace SenderService.EntityItems;

/// <summary>What an entity is to be: its name and its value.</summary>
public sealed class EntityItemRequest
{
    /// <summary>1 to 200 characters, not only white space.</summary>
    [Required(ErrorMessage = "The name must not be empty or white space.")]
    [StringLength(EntityItem.MaxNameLength, MinimumLength = 1, ErrorMessage = "The name has 1 to 200 characters.")]
    [StorableText]
    public required string Name { get; init; }

    /// <summary>From -1,000,000,000 to 1,000,000,000.</summary>
    [Range(typeof(decimal), EntityItem.MinValue, EntityItem.MaxValue, ParseLimitsInInvariantCulture = true,
        ErrorMessage = "The value is between -1000000000 and 1000000000.")]
    public required decimal Value { get; init; }
}

/// <summary>An entity as it is in the sender's database.</summary>
public sealed record EntityItemResponse(Guid Id, string Name, decimal Value, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static EntityItemResponse Of(EntityItem item) =>
        new(item.Id, item.Name, item.Value, item.Version, item.CreatedAt, item.UpdatedAt);
}
