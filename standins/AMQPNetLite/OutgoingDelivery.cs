using System.Numerics;
using Amqp.Framing;

namespace Amqp;

/// <summary>
/// A send from the call to its outcome (2.6.12): waiting for credit, on its way, or done. Its link uses it again for another message afterwards, so
/// whoever holds one does so under the gate, and only while the send is queued or unsettled.
/// </summary>
internal sealed class OutgoingDelivery(SenderLink link)
{
    /// <summary>The buffer of an ordinary message is kept for the next one that waits, in bytes.</summary>
    private const int KeptCapacity = 2048;

    private OutcomeCallback _callback;
    private object _state;
    private Message _message;
    private byte[] _payload = [];
    private int _payloadLength;

    public SenderLink Link => link;

    /// <summary>The encoded message while it waits.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadLength);

    /// <summary>How much of the message has been written.</summary>
    public int Offset { get; set; }

    /// <summary>Whether its first transfer has been written: then it has an id, and has used a credit.</summary>
    public bool IsStarted { get; private set; }

    public uint Id { get; private set; }

    public ulong Tag { get; private set; }

    public uint MessageFormat => _message.Format;

    /// <summary>Whether it is sent settled: without an outcome.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Whether it waits in its link.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether its session waits for the outcome.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>Whether its callback was called or is about to be.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the peer refused it before all of it was written: the rest is not sent, and the peer is told so (2.6.14).</summary>
    public bool IsAborted { get; set; }

    public OutgoingDelivery Next { get; set; }

    public OutgoingDelivery Previous { get; set; }

    public void Begin(Message message, OutcomeCallback callback, object state)
    {
        (_message, _callback, _state) = (message, callback, state);
        (Offset, IsStarted, IsSettled, IsAborted, IsComplete) = (0, false, false, false, false);
        message.Outgoing = this;
    }

    public void Start(uint id, ulong tag, bool linkSettles)
    {
        Id = id;
        Tag = tag;
        IsSettled = _callback is null || linkSettles;
        IsStarted = true;
    }

    /// <summary>Keeps the encoded message, which is now in a buffer that will be used for another one.</summary>
    public void Keep(ReadOnlySpan<byte> payload)
    {
        if (_payload.Length < payload.Length)
        {
            _payload = new byte[payload.Length > KeptCapacity ? payload.Length : (int)BitOperations.RoundUpToPowerOf2((uint)payload.Length)];
        }

        _payloadLength = payload.Length;
        payload.CopyTo(_payload);
    }

    /// <summary>Gives the send its result. The first call counts. Called under the gate.</summary>
    public void Complete(Outcome outcome, CallbackQueue callbacks)
    {
        if (IsComplete)
        {
            return;
        }

        IsComplete = true;
        if (_message.Outgoing == this)
        {
            _message.Outgoing = null;
        }

        if (_callback is not null)
        {
            callbacks.Add(new SendResult(_callback, link, _message, outcome, _state));
        }

        _callback = null;
        _state = null;
    }

    /// <summary>Nobody needs it any more: it keeps nothing of the application's alive, and no large buffer.</summary>
    public void Forget()
    {
        _message = null;
        _payload = _payload.Length > KeptCapacity ? [] : _payload;
    }
}
