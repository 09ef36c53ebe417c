using Amqp.Handler;

namespace SenderService.Tests.Outbox;

/// <summary>AMQPNetLite's own hook, by which a test makes the client fail as it does in the field.</summary>
/// <param name="id">The event to hear of.</param>
/// <param name="handle">Hears of it on the thread on which it happens, in the middle of the client's work.</param>
internal sealed class ClientHandler(EventId id, Action<Event> handle) : IHandler
{
    public bool CanHandle(EventId candidate) => candidate == id;

    public void Handle(Event protocolEvent) => handle(protocolEvent);
}
