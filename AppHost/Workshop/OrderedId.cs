using System.Buffers.Binary;

namespace AppHost.Workshop;

/// <summary>UUIDs of version 7 (RFC 9562, 5.7) as numbers: 48 bits are the time in milliseconds, so their order is that of time.</summary>
internal static class OrderedId
{
    private const int BitsBehindTime = 80;

    /// <summary>An id that is just above this one.</summary>
    public static Guid Next(this Guid id) => Of(NumberOf(id) + 1);

    /// <summary>The lowest id of a moment before this one.</summary>
    public static Guid Before(this Guid id, TimeSpan time)
    {
        var before = (UInt128)(ulong)time.TotalMilliseconds;
        var at = NumberOf(id) >> BitsBehindTime;
        return Of((at > before ? at - before : 0) << BitsBehindTime);
    }

    private static UInt128 NumberOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static Guid Of(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new Guid(bytes, bigEndian: true);
    }
}
