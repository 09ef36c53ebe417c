using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ReceiverService.EntityItems;

/// <summary>The state of an entity that an event tells of.</summary>
internal sealed record EntityItemChange(
    Guid Id, long Version, bool IsDeleted, string? Name, decimal? Value, DateTimeOffset? CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Reads an event.</summary>
    /// <returns>The change, or the reason why it cannot be read.</returns>
    public static (EntityItemChange? Change, string? Failure) Read(string type, long version, ReadOnlySpan<byte> body)
    {
        try
        {
            return type switch
            {
                nameof(EntityItemCreated) => (Of(Parse(body, EntityItemJson.Default.EntityItemCreated), version), null),
                nameof(EntityItemUpdated) => (Of(Parse(body, EntityItemJson.Default.EntityItemUpdated), version), null),
                nameof(EntityItemDeleted) => (Of(Parse(body, EntityItemJson.Default.EntityItemDeleted), version), null),
                _ => (null, $"The type '{type}' is unknown."),
            };
        }
        catch (JsonException exception)
        {
            return (null, $"The body is not the JSON of {type}: {exception.Message}");
        }
    }

    private static EntityItemChange Of(EntityItemCreated created, long version) =>
        new(created.Id, version, IsDeleted: false, created.Name, created.Value, created.CreatedAt, created.UpdatedAt);

    private static EntityItemChange Of(EntityItemUpdated updated, long version) =>
        new(updated.Id, version, IsDeleted: false, updated.Name, updated.Value, updated.CreatedAt, updated.UpdatedAt);

    private static EntityItemChange Of(EntityItemDeleted deleted, long version) =>
        new(deleted.Id, version, IsDeleted: true, Name: null, Value: null, CreatedAt: null, deleted.DeletedAt);

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new JsonException("It is null.");
}
