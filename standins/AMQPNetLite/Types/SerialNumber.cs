namespace Amqp.Types;

/// <summary>Numbers that wrap around at 2^32 and are compared by RFC 1982, as delivery and transfer numbers are (2.8.8).</summary>
internal static class SerialNumber
{
    /// <summary>How far <paramref name="value"/> is after <paramref name="start"/>; negative if it is before it.</summary>
    public static int Distance(uint start, uint value) => unchecked((int)(value - start));

    public static bool IsInRange(uint value, uint first, uint last) => unchecked(value - first) <= unchecked(last - first);
}
