using Amqp.Framing;

namespace Amqp;

/// <summary>An error condition, of the peer or of this end (2.8.14).</summary>
public class AmqpException : Exception
{
    /// <summary>An exception of an error that a peer has told.</summary>
    public AmqpException(Error error)
        : base(error.Description ?? error.Condition) => Error = error;

    /// <summary>An exception of a condition, one of <see cref="ErrorCode"/>, and a description.</summary>
    public AmqpException(string condition, string description)
        : this(new Error(condition, description))
    {
    }

    /// <summary>The condition and what is known about it.</summary>
    public Error Error { get; }
}
