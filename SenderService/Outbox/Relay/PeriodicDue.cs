namespace SenderService.Outbox.Relay;

/// <summary>Something that is due now and then again and again, asked for by a loop that has other things to do.</summary>
internal sealed class PeriodicDue(TimeSpan interval, TimeProvider time)
{
    private long? _last;

    /// <summary>How long it takes until it is due; zero if it is.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var remaining = _last is { } last ? interval - time.GetElapsedTime(last) : TimeSpan.Zero;
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>Whether it is due; if so, the next time is an interval from now.</summary>
    public bool IsDue()
    {
        if (Remaining > TimeSpan.Zero)
        {
            return false;
        }

        _last = time.GetTimestamp();
        return true;
    }
}
