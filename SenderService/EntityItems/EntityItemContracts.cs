using System.ComponentModel.DataAnnotations;

namespace SenderService.EntityItems;

/// <summary>The name and the value that an entity gets.</summary>
public sealed class EntityItemRequest
{
    /// <summary>1 to 200 UTF-16 characters, not only white space, and not U+0000, which PostgreSQL cannot store.</summary>
    /// <example>hello</example>
    [Required(ErrorMessage = "The name must not be empty or white space.")]
    [StringLength(EntityItem.MaxNameLength, MinimumLength = 1, ErrorMessage = "The name has 1 to 200 characters.")]
    [RegularExpression(@"^[^\0]*[^\0\s][^\0]*$", ErrorMessage = "The name must not contain the character U+0000.")]
    public string? Name { get; init; }

    /// <summary>From -1,000,000,000 to 1,000,000,000. It is rounded to the 28 digits that .NET's decimal keeps.</summary>
    /// <example>1.5</example>
    [Required(ErrorMessage = "The value is required.")]
    [Range(typeof(decimal), EntityItem.MinValue, EntityItem.MaxValue, ParseLimitsInInvariantCulture = true,
        ErrorMessage = "The value is between -1000000000 and 1000000000.")]
    public decimal? Value { get; init; }
}

/// <summary>An entity in the database of the sender.</summary>
public sealed record EntityItemResponse(
    Guid Id, string Name, decimal Value, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal static EntityItemResponse Of(EntityItem item) =>
        new(item.Id, item.Name, item.Value, item.Version, item.CreatedAt, item.UpdatedAt);
}
