namespace Amqp.Framing;

/// <summary>The message was processed (3.4.2).</summary>
public sealed class Accepted : Outcome
{
    /// <summary>An accepted outcome.</summary>
    public Accepted()
        : base(Descriptors.Accepted, 0)
    {
    }
}
