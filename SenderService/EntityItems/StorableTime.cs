namespace SenderService.EntityItems;

internal static class StorableTime
{
    /// <summary>
    /// The time now in UTC, cut to the microseconds that PostgreSQL keeps. So a response has the same time as the entity that is read
    /// later.
    /// </summary>
    public static DateTimeOffset GetStorableUtcNow(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
