using Amqp;
using Amqp.Framing;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using DataSection = Amqp.Framing.Data;

namespace Messaging.Tests.Inbox;

/// <summary>Messages as a broker delivers them, and a handler that can read any of them.</summary>
internal static class Messages
{
    public static Message Of(string type, byte[] body) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties { MessageId = Guid.NewGuid().ToString(), Subject = type, ContentType = "application/json" },
        BodySection = new DataSection { Binary = body },
    };

    public static IncomingMessage Read(Message message) => IncomingMessage.Read(message, new AnyHandler());

    private sealed class AnyHandler : IInboxHandler<string>
    {
        public string Read(IncomingMessage message) => message.Type;

        public Task ApplyAsync(IReadOnlyList<string> events, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
