using System.Text;
using Amqp;
using Amqp.Framing;
using ReceiverService.EntityItems;
using DataSection = Amqp.Framing.Data;

namespace ReceiverService.Tests;

/// <summary>Messages as the sender makes them, for a test to spoil.</summary>
internal static class Events
{
    public static string Body(Guid id, string name) =>
        $$"""{"id": "{{id}}", "name": "{{name}}", "value": 1, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z"}""";

    /// <summary>An entity in one version, in a message of its own.</summary>
    public static Message Created(Guid id, long version, string name) =>
        Of(Guid.NewGuid(), nameof(EntityItemCreated), version, Encoding.UTF8.GetBytes(Body(id, name)));

    public static Message Of(Guid messageId, string type, long version, byte[] body) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties { MessageId = messageId.ToString(), Subject = type, ContentType = "application/json" },
        ApplicationProperties = new ApplicationProperties { ["aggregate-version"] = version },
        BodySection = new DataSection { Binary = body },
    };
}
