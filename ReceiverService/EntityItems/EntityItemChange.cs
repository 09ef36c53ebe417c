using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Messaging.Amqp;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;

namespace ReceiverService.EntityItems;

/// <summary>The state of an entity after an event.</summary>
internal sealed record EntityItemChange(
    Guid Id, long Version, bool IsDeleted, string? Name, decimal? Value, DateTimeOffset? CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <exception cref="UnreadableMessageException">The message is no event of an entity.</exception>
    public static EntityItemChange Read(IncomingMessage message)
    {
        var version = message.AggregateVersion
            ?? throw new UnreadableMessageException(
                $"The application property {MessageNames.AggregateVersion} is missing or is no whole number.");
        try
        {
            return message.Type switch
            {
                nameof(EntityItemCreated) => Of(Parse(message, EntityItemJson.Default.EntityItemCreated), version),
                nameof(EntityItemUpdated) => Of(Parse(message, EntityItemJson.Default.EntityItemUpdated), version),
                nameof(EntityItemDeleted) => Of(Parse(message, EntityItemJson.Default.EntityItemDeleted), version),
                _ => throw new UnreadableMessageException($"The type '{message.Type}' is unknown."),
            };
        }
        catch (JsonException exception)
        {
            throw new UnreadableMessageException($"The body is not the JSON of {message.Type}: {exception.Message}");
        }
    }

    private static EntityItemChange Of(EntityItemCreated created, long version) =>
        new(created.Id, version, IsDeleted: false, created.Name, created.Value, created.CreatedAt, created.UpdatedAt);

    private static EntityItemChange Of(EntityItemUpdated updated, long version) =>
        new(updated.Id, version, IsDeleted: false, updated.Name, updated.Value, updated.CreatedAt, updated.UpdatedAt);

    private static EntityItemChange Of(EntityItemDeleted deleted, long version) =>
        new(deleted.Id, version, IsDeleted: true, Name: null, Value: null, CreatedAt: null, deleted.DeletedAt);

    private static T Parse<T>(IncomingMessage message, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(message.Body.Span, type) ?? throw new JsonException("It is null.");
}
