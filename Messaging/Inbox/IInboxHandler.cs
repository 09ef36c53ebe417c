namespace Messaging.Inbox;

/// <summary>
/// What a service does with the messages that it consumes. The inbox calls it so that each message has its effect once: it records the
/// message, and applies it, in one transaction.
/// </summary>
/// <typeparam name="TEvent">What the handler makes of a message.</typeparam>
public interface IInboxHandler<TEvent> : IInboxHandler
    where TEvent : notnull
{
    /// <summary>
    /// Reads a message. It runs on the broker connection's thread, on another instance than <see cref="ApplyAsync"/>: it must not use the
    /// database.
    /// </summary>
    /// <exception cref="Exception">The message cannot be read. It becomes a dead letter, with the exception's message as the
    /// reason.</exception>
    new TEvent Read(IncomingMessage message);

    /// <summary>
    /// Applies new messages, in the order in which they came. It runs inside the open transaction of the service's <c>DbContext</c>, which
    /// it gets by its constructor. Afterwards the inbox saves what was added to the DbContext, outbox messages included, and commits.
    /// </summary>
    /// <exception cref="Exception">
    /// A failure. The transaction is rolled back. If the database is away, the messages come again. Otherwise the inbox finds the message
    /// that fails, tries it again, and makes it a dead letter.
    /// </exception>
    Task ApplyAsync(IReadOnlyList<TEvent> events, CancellationToken cancellationToken);

    object IInboxHandler.Read(IncomingMessage message) => Read(message);

    Task IInboxHandler.ApplyAsync(IReadOnlyList<object> events, CancellationToken cancellationToken) =>
        ApplyAsync([.. events.Cast<TEvent>()], cancellationToken);
}

/// <summary>A handler of events of any type. Implement <see cref="IInboxHandler{TEvent}"/>.</summary>
public interface IInboxHandler
{
    internal object Read(IncomingMessage message);

    internal Task ApplyAsync(IReadOnlyList<object> events, CancellationToken cancellationToken);
}

/// <summary>A message that a handler cannot read.</summary>
/// <param name="reason">Why, for an operator.</param>
public sealed class UnreadableMessageException(string reason) : Exception(reason);
