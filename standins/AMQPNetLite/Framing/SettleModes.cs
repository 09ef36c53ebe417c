namespace Amqp.Framing;

/// <summary>How the sending end of a link settles its deliveries (2.8.2).</summary>
public enum SenderSettleMode
{
    /// <summary>All are sent unsettled: each gets an outcome.</summary>
    Unsettled,

    /// <summary>All are sent settled: none gets an outcome.</summary>
    Settled,

    /// <summary>Each delivery says whether it is settled.</summary>
    Mixed,
}

/// <summary>When the receiving end of a link settles (2.8.3).</summary>
public enum ReceiverSettleMode
{
    /// <summary>With its outcome.</summary>
    First,

    /// <summary>After the sending end has settled.</summary>
    Second,
}
