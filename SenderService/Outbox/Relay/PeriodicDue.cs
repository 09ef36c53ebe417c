namespace SenderService.Outbox.Relay;

/// <summary>Something that is due now and then again and again, asked for by a loop that has other things to do.</summary>
internal sealed class PeriodicDue(TimeSpan interval, TimeProvider time)
{
    private long? _last;

    public TimeSpan Remaining => _last is not { } last || time.GetElapsedTime(last) >= interval ? TimeSpan.Zero : interval - time.GetElapsedTime(last);

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
