using Amqp;

namespace ServiceDefaults.Amqp;

/// <summary>A connection, and the token that is cancelled when it ends: unlike a callback, what is registered with a token can be taken back.</summary>
internal sealed record OpenConnection(Connection Connection, CancellationToken Closed);
