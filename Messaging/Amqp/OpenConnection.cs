namespace Messaging.Amqp;

/// <summary>
/// A connection and the token that is cancelled when it ends. A registration with a token can be removed; a callback cannot.
/// </summary>
internal sealed record OpenConnection(Connection Connection, ConnectionSocket Socket, CancellationToken Closed)
{
    public bool IsClosed => Closed.IsCancellationRequested || Connection.IsClosed;
}
