namespace ServiceDefaults.Data;

public static class StorableTime
{
    /// <summary>The time now in UTC, cut to the microseconds that PostgreSQL keeps, so that what is answered is what is read
    /// later.</summary>
    public static DateTimeOffset GetStorableUtcNow(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
