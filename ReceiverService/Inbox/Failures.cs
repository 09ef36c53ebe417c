using System.Data.Common;
using Npgsql;

namespace ReceiverService.Inbox;

/// <summary>Tells the failures that a message brings with it from those that its surroundings have.</summary>
internal static class Failures
{
    /// <summary>
    /// Whether trying the message again would be in vain. Of what the database says that is a data exception, a violated constraint or check
    /// option or an exceeded limit, SQLSTATE class 22, 23, 44 and 54, and what a function or trigger says of the row it is given, class 38, 39
    /// and P0; a missing table or a wrong password is nobody's message's fault and is waited for, like an outage. Whatever else a handler
    /// throws is permanent.
    /// </summary>
    public static bool IsPermanent(Exception exception) => DatabaseFailureIn(exception) switch
    {
        PostgresException { SqlState: ['2', '2' or '3', ..] or ['3', '8' or '9', ..] or ['4' or '5', '4', ..] or ['P', '0', ..] } => true,
        not null => false,
        null => exception is not (OperationCanceledException or ObjectDisposedException or TimeoutException or IOException),
    };

    /// <summary>EF Core wraps what the database says.</summary>
    private static DbException? DatabaseFailureIn(Exception? exception) =>
        exception is null or DbException ? exception as DbException : DatabaseFailureIn(exception.InnerException);
}
