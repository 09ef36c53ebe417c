namespace Amqp.Types;

/// <summary>Milliseconds since the Unix epoch (1.6.17) as a UTC <see cref="DateTime"/>.</summary>
internal static class Timestamps
{
    private static readonly long Earliest = ToMilliseconds(DateTime.MinValue.Ticks);
    private static readonly long Latest = ToMilliseconds(DateTime.MaxValue.Ticks);

    /// <summary>A peer may well send "never" as the largest number there is; that becomes the latest date that .NET has.</summary>
    public static DateTime ToDateTime(long milliseconds) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(milliseconds, Earliest, Latest) * TimeSpan.TicksPerMillisecond);

    public static long FromDateTime(DateTime value) => ToMilliseconds(value.ToUniversalTime().Ticks);

    private static long ToMilliseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
}
