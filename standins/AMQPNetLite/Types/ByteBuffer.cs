using System.Buffers.Binary;

namespace Amqp;

/// <summary>Bytes on their way out: grows as they are appended, and is written in network byte order (1.2).</summary>
internal sealed class ByteBuffer(int capacity = 256)
{
    private byte[] _bytes = new byte[capacity];

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Appends <paramref name="count"/> bytes that the caller fills in.</summary>
    public Span<byte> Reserve(int count)
    {
        var start = Length;
        if (_bytes.Length - start < count)
        {
            Grow(count);
        }

        Length = start + count;
        return _bytes.AsSpan(start, count);
    }

    /// <summary>Bytes already written, from <paramref name="position"/>: to fill in a size or a flag that was not known before.</summary>
    public Span<byte> Slice(int position, int count) => _bytes.AsSpan(0, Length).Slice(position, count);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Takes out bytes in the middle.</summary>
    public void Remove(int position, int count)
    {
        _bytes.AsSpan(position + count, Length - position - count).CopyTo(_bytes.AsSpan(position));
        Length -= count;
    }

    public void Clear() => Length = 0;

    private void Grow(int count) =>
        Array.Resize(ref _bytes, checked((int)Math.Max((long)Length + count, Math.Min(_bytes.Length * 2L, Array.MaxLength))));
}
