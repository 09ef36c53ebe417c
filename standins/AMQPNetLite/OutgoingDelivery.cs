using Amqp.Framing;

namespace Amqp;

/// <summary>A send from the call to its outcome: waiting for credit, on its way, or done.</summary>
internal sealed class OutgoingDelivery(SenderLink link, Message message, OutcomeCallback callback, object state) : ICallback
{
    private Outcome _outcome;

    public SenderLink Link => link;

    /// <summary>The encoded message while it waits; null once it has been written.</summary>
    public byte[] Payload { get; set; }

    /// <summary>How much of the message has been written.</summary>
    public int Offset { get; set; }

    /// <summary>Whether its first transfer has been written: then it has an id, and has used a credit.</summary>
    public bool IsStarted { get; private set; }

    public uint Id { get; private set; }

    public ulong Tag { get; private set; }

    public uint MessageFormat => message.Format;

    /// <summary>Whether it is sent settled: without an outcome.</summary>
    public bool IsSettled { get; private set; }

    public OutgoingDelivery Next { get; set; }

    public OutgoingDelivery Previous { get; set; }

    public bool IsQueued { get; set; }

    public void Start(uint id, ulong tag, bool linkSettles)
    {
        Id = id;
        Tag = tag;
        IsSettled = callback is null || linkSettles;
        IsStarted = true;
    }

    /// <summary>Gives the send its result. The first call counts. Called under the gate.</summary>
    public void Complete(Outcome outcome, CallbackQueue callbacks)
    {
        if (_outcome is null)
        {
            _outcome = outcome;
            if (callback is not null)
            {
                callbacks.Add(this);
            }
        }
    }

    void ICallback.Run() => callback(link, message, _outcome, state);
}
