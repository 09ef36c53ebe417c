using Amqp.Types;

namespace Amqp.Framing;

/// <summary>
/// Carries a message, or a part of one (2.7.5). Transfers, dispositions and flows come with every message: they are read into values on
/// the stack and written straight from what is known, without objects in between.
/// </summary>
internal ref struct Transfer
{
    /// <summary>
    /// Where the flag <c>more</c> is, counted from the end of what <see cref="WriteFirst"/> and <see cref="WriteNext"/> write.
    /// </summary>
    private const int MoreFromEnd = 1;

    public uint Handle;
    public uint? DeliveryId;
    public ReadOnlySpan<byte> DeliveryTag;
    public uint MessageFormat;
    public bool? Settled;
    public bool More;
    public DeliveryState State;
    public bool Aborted;

    public static Transfer Read(ref AmqpReader reader)
    {
        var transfer = new Transfer();
        var handle = false;
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (reader.TryReadNull())
            {
                continue;
            }

            switch (index)
            {
                case 0: transfer.Handle = reader.ReadUInt(); handle = true; break;
                case 1: transfer.DeliveryId = reader.ReadUInt(); break;
                case 2: transfer.DeliveryTag = reader.ReadBinarySpan(); break;
                case 3: transfer.MessageFormat = reader.ReadUInt(); break;
                case 4: transfer.Settled = reader.ReadBoolean(); break;
                case 5: transfer.More = reader.ReadBoolean(); break;
                case 7: transfer.State = reader.ReadDeliveryState(); break;
                case 9: transfer.Aborted = reader.ReadBoolean(); break;
                default: reader.Skip(); break;
            }
        }

        reader.Exit(list);
        return handle ? transfer : throw AmqpReader.Malformed("A transfer has no handle.");
    }

    /// <summary>Writes the first transfer of a delivery, up to the flag <c>more</c>, which is false.</summary>
    public static void WriteFirst(ByteBuffer buffer, uint handle, uint deliveryId, ulong deliveryTag, uint messageFormat, bool settled)
    {
        buffer.WriteDescriptor((byte)Descriptors.Transfer.Code);
        var list = buffer.BeginList(6);
        buffer.WriteUInt(handle);
        buffer.WriteUInt(deliveryId);
        WriteTag(buffer, deliveryTag);
        buffer.WriteUInt(messageFormat);
        buffer.WriteBoolean(settled);
        buffer.WriteBoolean(false);
        buffer.EndList(list);
    }

    /// <summary>
    /// Writes a further transfer of a delivery, up to the flag <c>more</c>, which is false; or one that takes the delivery back (2.6.14).
    /// </summary>
    public static void WriteNext(ByteBuffer buffer, uint handle, bool settled, bool aborted)
    {
        buffer.WriteDescriptor((byte)Descriptors.Transfer.Code);
        var list = buffer.BeginList(aborted ? 10 : 6);
        buffer.WriteUInt(handle);
        buffer.WriteNull();
        buffer.WriteNull();
        buffer.WriteNull();
        buffer.WriteBoolean(settled);
        buffer.WriteBoolean(false);
        if (aborted)
        {
            buffer.WriteNull(); // rcv-settle-mode
            buffer.WriteNull(); // state
            buffer.WriteBoolean(false); // resume
            buffer.WriteBoolean(true);
        }

        buffer.EndList(list);
    }

    /// <summary>Says in the transfer that ends where the buffer does that another one follows.</summary>
    public static void SetMore(ByteBuffer buffer) => buffer.Slice(buffer.Length - MoreFromEnd, 1)[0] = FormatCode.BooleanTrue;

    private static void WriteTag(ByteBuffer buffer, ulong tag)
    {
        Span<byte> bytes = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, tag);
        buffer.WriteBinary(tag <= uint.MaxValue ? bytes[4..] : bytes);
    }
}
