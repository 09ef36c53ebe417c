using Amqp.Framing;

namespace Amqp;

/// <summary>
/// The delivery whose transfers are arriving on a link: there is one at a time (2.6.14), so one object serves them all.
/// </summary>
internal sealed class IncomingDelivery
{
    private byte[] _tag;
    private uint _format;
    private ByteBuffer _received;

    /// <summary>Whether a delivery has begun and not ended.</summary>
    public bool IsUnderWay { get; private set; }

    public uint Id { get; private set; }

    public bool IsSettled { get; set; }

    public void Begin(uint id, in Transfer first)
    {
        Id = id;
        _tag = first.DeliveryTag.ToArray();
        _format = first.MessageFormat;
        IsSettled = false;
        IsUnderWay = true;
    }

    /// <summary>Whether the message, with this part, is one that the link takes.</summary>
    public bool Fits(ReadOnlySpan<byte> part, ulong maxSize) => (ulong)(_received?.Length ?? 0) + (ulong)part.Length <= maxSize;

    /// <summary>Keeps a part of the message.</summary>
    public void Append(ReadOnlySpan<byte> part)
    {
        _received ??= new ByteBuffer(part.Length * 2);
        _received.Write(part);
    }

    /// <summary>Makes the message, now that its last part is here.</summary>
    public Message Complete(ReceiverLink receiver, ReadOnlySpan<byte> lastPart)
    {
        _received?.Write(lastPart);
        var message = Message.Decode(_received is null ? lastPart : _received.WrittenSpan);
        message.Format = _format;
        message.DeliveryTag = _tag;
        message.DeliveryId = Id;
        message.IsSettled = IsSettled;
        message.Receiver = receiver;
        Drop();
        return message;
    }

    /// <summary>Forgets what has arrived of it.</summary>
    public void Drop()
    {
        IsUnderWay = false;
        _tag = null;
        _received = null;
    }
}
