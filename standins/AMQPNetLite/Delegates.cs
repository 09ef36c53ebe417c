using Amqp.Framing;

namespace Amqp;

/// <summary>Called once, when <paramref name="sender"/> is closed; <paramref name="error"/> is null if there is none.</summary>
public delegate void ClosedCallback(IAmqpObject sender, Error error);

/// <summary>Called when a message has arrived, on the connection's reader: a callback that blocks stops the connection.</summary>
public delegate void MessageCallback(IReceiverLink receiver, Message message);

/// <summary>
/// Called when the peer has attached its end of a link. A peer that refuses attaches without source or target, and then detaches.
/// </summary>
public delegate void OnAttached(ILink link, Attach attach);

/// <summary>Called when the peer has begun its end of a session.</summary>
public delegate void OnBegin(ISession session, Begin begin);

/// <summary>Called when the peer has opened its end of a connection.</summary>
public delegate void OnOpened(IConnection connection, Open open);

/// <summary>Called exactly once for each send, on the connection's reader.</summary>
public delegate void OutcomeCallback(ILink sender, Message message, Outcome outcome, object state);
