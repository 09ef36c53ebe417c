using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>Something that is closed once: a connection (2.4), a session (2.5) or a link (2.6).</summary>
public interface IAmqpObject
{
    /// <summary>Happens once, when this is closed, by whichever end.</summary>
    event ClosedCallback Closed;

    /// <summary>Why this was closed; null if without an error, or not yet.</summary>
    Error Error { get; }

    /// <summary>Whether this is closed or being closed.</summary>
    bool IsClosed { get; }

    /// <summary>Has <paramref name="callback"/> called when this is closed; at once if it already is.</summary>
    void AddClosedCallback(ClosedCallback callback);

    /// <summary>Closes this and waits up to 60 s for the peer's answer.</summary>
    void Close();

    /// <summary>
    /// Closes this with an error, which may be null, and waits for the peer's answer; with a timeout of zero it does not.
    /// </summary>
    void Close(TimeSpan waitUntilEnded, Error error);

    /// <summary>Closes this; done when the peer has answered, within 60 s.</summary>
    Task CloseAsync();

    /// <summary>Closes this with an error, which may be null; done when the peer has answered.</summary>
    Task CloseAsync(TimeSpan timeout, Error error);
}

/// <summary>A connection (2.4).</summary>
public interface IConnection : IAmqpObject
{
}

/// <summary>A session (2.5).</summary>
public interface ISession : IAmqpObject
{
}

/// <summary>A link (2.6).</summary>
public interface ILink : IAmqpObject
{
    /// <summary>The link's name.</summary>
    string Name { get; }
}

/// <summary>The sending end of a link (2.6.1).</summary>
public interface ISenderLink : ILink
{
    /// <summary>Sends a message and waits up to 60 s for it to be accepted.</summary>
    void Send(Message message);

    /// <summary>Sends a message and waits for it to be accepted.</summary>
    void Send(Message message, TimeSpan timeout);

    /// <summary>Sends a message and has the outcome told; settled, without an outcome, if there is no callback.</summary>
    void Send(Message message, OutcomeCallback callback, object state);

    /// <summary>Sends a message; done when it is accepted, within 60 s.</summary>
    Task SendAsync(Message message);

    /// <summary>Sends a message; done when it is accepted.</summary>
    Task SendAsync(Message message, TimeSpan timeout);
}

/// <summary>The receiving end of a link (2.6.1).</summary>
public interface IReceiverLink : ILink
{
    /// <summary>Says that a message was processed.</summary>
    void Accept(Message message);

    /// <summary>Gives a message back, changed.</summary>
    void Modify(Message message, bool deliveryFailed, bool undeliverableHere, Fields messageAnnotations);

    /// <summary>The next message, waiting up to 60 s; null if none came.</summary>
    Message Receive();

    /// <summary>The next message; null if none came in time.</summary>
    Message Receive(TimeSpan timeout);

    /// <summary>The next message, waiting up to 60 s; null if none came.</summary>
    Task<Message> ReceiveAsync();

    /// <summary>The next message; null if none came in time.</summary>
    Task<Message> ReceiveAsync(TimeSpan timeout);

    /// <summary>Refuses a message.</summary>
    void Reject(Message message, Error error = null);

    /// <summary>Gives a message back as it was.</summary>
    void Release(Message message);

    /// <summary>Lets the peer send <paramref name="credit"/> messages.</summary>
    void SetCredit(int credit, bool autoRestore);

    /// <summary>Lets the peer send <paramref name="credit"/> messages.</summary>
    void SetCredit(int credit, CreditMode creditMode, int flowThreshold = -1);

    /// <summary>Starts receiving; messages go to <paramref name="onMessage"/>.</summary>
    void Start(int credit, MessageCallback onMessage);
}
