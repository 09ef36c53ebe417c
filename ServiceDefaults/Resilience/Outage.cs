using System.Data.Common;
using System.Net.Sockets;

namespace ServiceDefaults.Resilience;

/// <summary>Tells an outage of a server from a bug.</summary>
public static class Outage
{
    /// <summary>
    /// What the server or the network says, in one line. Null if the exception is not about them: then it needs its stack trace. EF Core
    /// and Npgsql wrap the error that matters.
    /// </summary>
    public static string? ReasonOf(Exception exception) => exception switch
    {
        PostgresException when DatabaseAbsence.In(exception) is null => null,
        DbException or IOException or SocketException or TimeoutException when exception.InnerException is { } inner =>
            $"{exception.Message.TrimEnd('.')}: {ReasonOf(inner) ?? inner.Message}",
        DbException or IOException or SocketException or TimeoutException => exception.Message,
        { InnerException: { } inner } => ReasonOf(inner),
        _ => null,
    };

    /// <summary>The kind of an error. Errors of one kind may differ in their words, for example in a port.</summary>
    internal static string KindOf(Exception exception) => exception.GetBaseException() switch
    {
        PostgresException { SqlState: var state } => state,
        SocketException { SocketErrorCode: var code } => code.ToString(),
        var other => other.GetType().Name,
    };
}
