using Amqp.Handler;

namespace Messaging.Tests.Amqp;

/// <summary>AMQPNetLite's own hook. By it a test makes the client fail.</summary>
/// <param name="id">The event to handle.</param>
/// <param name="handle">Handles the event on the client's thread, in the middle of the client's work.</param>
internal sealed class ClientHandler(EventId id, Action<Event> handle) : IHandler
{
    public bool CanHandle(EventId candidate) => candidate == id;

    public void Handle(Event protocolEvent) => handle(protocolEvent);
}
