using System.Data.Common;

namespace Messaging.Inbox.Consuming;

/// <summary>Distinguishes failures that a message causes from those of its surroundings.</summary>
internal static class Failures
{
    /// <summary>
    /// True if the message fails again, however often it is tried.
    /// <para>
    /// Of the database's errors these are: a data exception, a violated constraint or check option, an exceeded limit (SQLSTATE class 22,
    /// 23, 44, 54), and what a function or trigger raises for the row (class 38, 39, P0). So is a transaction that an earlier error has
    /// aborted: the handler has hidden that error. A missing table or a wrong password is not the message's fault: the inbox waits for it,
    /// as for an outage. All other exceptions of a handler are permanent.
    /// </para>
    /// </summary>
    public static bool IsPermanent(Exception exception) => DatabaseErrorIn(exception) switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InFailedSqlTransaction } => true,
        PostgresException { SqlState: ['2', '2' or '3', ..] or ['3', '8' or '9', ..] or ['4' or '5', '4', ..] or ['P', '0', ..] } => true,
        not null => false,
        null => exception is not (OperationCanceledException or ObjectDisposedException or TimeoutException or IOException),
    };

    /// <summary>The reason for operators. EF Core's own message only says that there is another one inside.</summary>
    public static string ReasonOf(Exception exception) => (DatabaseErrorIn(exception) ?? exception).Message;

    /// <summary>EF Core wraps the errors of the database.</summary>
    private static DbException? DatabaseErrorIn(Exception? exception) =>
        exception is null or DbException ? exception as DbException : DatabaseErrorIn(exception.InnerException);
}
