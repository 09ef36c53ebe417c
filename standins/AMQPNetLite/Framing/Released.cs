namespace Amqp.Framing;

/// <summary>The message was not processed and may be delivered again (3.4.4).</summary>
public sealed class Released : Outcome
{
    /// <summary>A released outcome.</summary>
    public Released()
        : base(Descriptors.Released, 0)
    {
    }
}
