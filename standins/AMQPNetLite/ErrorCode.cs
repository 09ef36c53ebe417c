namespace Amqp;

/// <summary>The conditions that the specification defines (2.8.15 to 2.8.18, 4.5.8).</summary>
public static class ErrorCode
{
    /// <summary>The connection was closed by an operator, or was lost.</summary>
    public static readonly string ConnectionForced = "amqp:connection:forced";

    /// <summary>The peer is to be found elsewhere.</summary>
    public static readonly string ConnectionRedirect = "amqp:connection:redirect";

    /// <summary>Data could not be decoded.</summary>
    public static readonly string DecodeError = "amqp:decode-error";

    /// <summary>The link was detached by an operator.</summary>
    public static readonly string DetachForced = "amqp:link:detach-forced";

    /// <summary>Input was received for a link that was detached with an error.</summary>
    public static readonly string ErrantLink = "amqp:session:errant-link";

    /// <summary>A frame cannot be sent within the size that the peer takes.</summary>
    public static readonly string FrameSizeTooSmall = "amqp:frame-size-too-small";

    /// <summary>A frame is not valid.</summary>
    public static readonly string FramingError = "amqp:connection:framing-error";

    /// <summary>A handle stands for another link already.</summary>
    public static readonly string HandleInUse = "amqp:session:handle-in-use";

    /// <summary>A frame is not permitted in the current state.</summary>
    public static readonly string IllegalState = "amqp:illegal-state";

    /// <summary>An error inside of one end.</summary>
    public static readonly string InternalError = "amqp:internal-error";

    /// <summary>A field has a value that is not valid.</summary>
    public static readonly string InvalidField = "amqp:invalid-field";

    /// <summary>The node is to be found elsewhere.</summary>
    public static readonly string LinkRedirect = "amqp:link:redirect";

    /// <summary>The message was released, not processed.</summary>
    public static readonly string MessageReleased = "amqp:message:released";

    /// <summary>A message is larger than the link takes.</summary>
    public static readonly string MessageSizeExceeded = "amqp:link:message-size-exceeded";

    /// <summary>What was tried is not allowed.</summary>
    public static readonly string NotAllowed = "amqp:not-allowed";

    /// <summary>There is no such thing.</summary>
    public static readonly string NotFound = "amqp:not-found";

    /// <summary>What was tried is not implemented.</summary>
    public static readonly string NotImplemented = "amqp:not-implemented";

    /// <summary>A precondition does not hold.</summary>
    public static readonly string PreconditionFailed = "amqp:precondition-failed";

    /// <summary>The thing was deleted.</summary>
    public static readonly string ResourceDeleted = "amqp:resource-deleted";

    /// <summary>A limit was exceeded.</summary>
    public static readonly string ResourceLimitExceeded = "amqp:resource-limit-exceeded";

    /// <summary>The thing is in use by another.</summary>
    public static readonly string ResourceLocked = "amqp:resource-locked";

    /// <summary>The link was attached elsewhere.</summary>
    public static readonly string Stolen = "amqp:link:stolen";

    /// <summary>The transaction was rolled back.</summary>
    public static readonly string TransactionRollback = "amqp:transaction:rollback";

    /// <summary>The transaction took too long.</summary>
    public static readonly string TransactionTimeout = "amqp:transaction:timeout";

    /// <summary>There is no such transaction.</summary>
    public static readonly string TransactionUnknownId = "amqp:transaction:unknown-id";

    /// <summary>More was sent than there was credit for.</summary>
    public static readonly string TransferLimitExceeded = "amqp:link:transfer-limit-exceeded";

    /// <summary>A handle stands for no link.</summary>
    public static readonly string UnattachedHandle = "amqp:session:unattached-handle";

    /// <summary>Access is not allowed.</summary>
    public static readonly string UnauthorizedAccess = "amqp:unauthorized-access";

    /// <summary>More was sent than the session's window takes.</summary>
    public static readonly string WindowViolation = "amqp:session:window-violation";
}
