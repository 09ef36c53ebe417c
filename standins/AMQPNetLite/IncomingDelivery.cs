using Amqp.Framing;

namespace Amqp;

/// <summary>A delivery whose transfers are arriving.</summary>
internal sealed class IncomingDelivery(uint id, in Transfer first)
{
    private readonly byte[] _tag = first.DeliveryTag.ToArray();
    private readonly uint _format = first.MessageFormat;
    private ByteBuffer _received;

    public uint Id => id;

    public bool IsSettled { get; set; }

    /// <summary>Keeps a part of the message; false if it becomes too large.</summary>
    public bool TryAppend(ReadOnlySpan<byte> part, ulong maxSize)
    {
        _received ??= new ByteBuffer(part.Length * 2);
        if ((ulong)_received.Length + (ulong)part.Length > maxSize)
        {
            return false;
        }

        _received.Write(part);
        return true;
    }

    /// <summary>Makes the message, now that its last part is here.</summary>
    public Message Complete(ReceiverLink receiver, ReadOnlySpan<byte> lastPart)
    {
        _received?.Write(lastPart);
        var message = Message.Decode(_received is null ? lastPart : _received.WrittenSpan);
        message.Format = _format;
        message.DeliveryTag = _tag;
        message.DeliveryId = id;
        message.IsSettled = IsSettled;
        message.Receiver = receiver;
        return message;
    }
}
