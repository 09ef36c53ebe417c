namespace SenderService.Outbox.Relay;

/// <summary>
/// What the broker has answered and is not marked yet, and when to mark it: best while the broker pauses. It stops to clear its memory or to
/// wait for its disk, for up to a fifth of a second at a time, and whatever the database does meanwhile holds up no message. Not for several
/// threads.
/// </summary>
/// <param name="enough">How many are marked at once, pause or no pause.</param>
/// <param name="time">Tells a pause.</param>
internal sealed class AnsweredDeliveries(int enough, TimeProvider time)
{
    /// <summary>The silence that is a pause: a broker in full flow answers many times a millisecond.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>How long an answer waits to be marked while others keep coming.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(100);

    private List<OutboxDelivery> _answered = [];
    private long _first;
    private long _last = time.GetTimestamp();

    public int Count => _answered.Count;

    public bool AreEnough => Count >= enough;

    /// <summary>Whether waiting longer is of no use.</summary>
    public bool AreDue => Count > 0 && (AreEnough || Silence >= Pause || time.GetElapsedTime(_first) >= LongestDelay);

    /// <summary>How long the broker has said nothing, though it was asked.</summary>
    public TimeSpan Silence => time.GetElapsedTime(_last);

    /// <summary>From now on an answer is waited for.</summary>
    public void Await() => _last = time.GetTimestamp();

    /// <summary>The broker has answered.</summary>
    public void Add(OutboxDelivery delivery)
    {
        _last = time.GetTimestamp();
        AddUnsent(delivery);
    }

    /// <summary>There will be no answer, as it was never sent.</summary>
    public void AddUnsent(OutboxDelivery delivery)
    {
        if (Count == 0)
        {
            _first = time.GetTimestamp();
        }

        _answered.Add(delivery);
    }

    /// <summary>Takes all, in the order of the answers.</summary>
    public IReadOnlyList<OutboxDelivery> TakeAll()
    {
        var answered = _answered;
        _answered = new(Count);
        return answered;
    }
}
