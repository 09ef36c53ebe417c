namespace ServiceDefaults.Resilience;

/// <summary>Distinguishes a database that cannot be used now from a statement that is wrong.</summary>
public static class DatabaseAbsence
{
    /// <summary>The error of a database that cannot be used now. EF Core wraps it. Null if there is none.</summary>
    public static NpgsqlException? In(Exception? exception) => exception switch
    {
        PostgresException error => IsAbsence(error.SqlState) ? error : null,

        // The server has not answered: it is away, no host is the primary, the pool is empty, or there is no password.
        NpgsqlException error => error,
        null or OperationCanceledException => null,
        _ => In(exception.InnerException),
    };

    /// <summary>See PostgreSQL's manual, appendix A. A whole class has two characters.</summary>
    private static bool IsAbsence(string sqlState) => sqlState is
        ['0', '8', ..] // the connection is gone
        or ['2', '8', ..] // wrong credentials
        or ['4', '0', ..] // another transaction was in the way, and a repetition can succeed
        or ['5', '3', ..] // the disk is full, or there are too many connections
        or ['5', '7', ..] // the server starts or stops, or ends the statement or the session
        or ['5', '8', ..] // the disk fails
        or PostgresErrorCodes.InvalidCatalogName
        or PostgresErrorCodes.ObjectNotInPrerequisiteState // the database takes no connections
        or PostgresErrorCodes.ReadOnlySqlTransaction
        or "25P03" // idle_in_transaction_session_timeout
        or PostgresErrorCodes.LockNotAvailable
        or PostgresErrorCodes.InsufficientPrivilege
        or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn; // it is not migrated yet
}
