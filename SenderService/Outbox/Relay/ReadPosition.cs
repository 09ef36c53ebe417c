namespace SenderService.Outbox.Relay;

/// <summary>
/// Where the relay reads. The order of ids is not the order of commits, so a cursor alone would lose what is committed late; and reading
/// from the start every time would wade through all that was sent and that an old snapshot keeps from being vacuumed. So the relay reads in
/// passes: on from where it is while there is more, and then anew from a position below which nothing can appear any more.
/// <para>That position is proven, not guessed: an id up to the highest one seen belongs to a row that is to be seen, or to a transaction that
/// was writing to the outbox at that moment. Once all those have ended, a pass sees whatever they have committed.</para>
/// </summary>
internal sealed class ReadPosition
{
    private long _highestSeen;

    /// <summary>No new message will appear below.</summary>
    private long _settled;

    /// <summary>No message below is waiting for anything.</summary>
    private long _low;

    /// <summary>What is being waited for: the writers of that moment, who may have ids up to <c>Highest</c>.</summary>
    private (long Highest, HashSet<string> Writers)? _watched;

    /// <summary>All ids up to this one are committed or never will be: a pass that begins now sees the last of them.</summary>
    private long _decided;

    private long _decidedBeforePass;

    /// <summary>The lowest id that the pass in progress reads next.</summary>
    public long Next { get; private set; }

    /// <summary>Whether the pass has read all there was.</summary>
    public bool IsAtEnd { get; private set; } = true;

    /// <summary>Whether the pass has read this id, if it was there to be read.</summary>
    public bool HasPassed(long id) => IsAtEnd || id < Next;

    /// <summary>The position for <see cref="OutboxSession.BeatAsync"/>.</summary>
    public long Low => _low;

    /// <summary>Begins a pass over what is new.</summary>
    public void StartPass() => StartPassFrom(_settled);

    /// <summary>Begins a pass over all that is open: also what was waiting for another attempt, and other relays' messages.</summary>
    public void StartFullPass() => StartPassFrom(_low);

    /// <summary>The next full pass reads the whole outbox, whatever is known of it: also what somebody set back to pending by hand.</summary>
    public void ForgetLow() => _low = 0;

    /// <summary>The pass has read on.</summary>
    /// <param name="last">The highest id that was read; null if there was nothing.</param>
    /// <param name="isAtEnd">Whether there was no more.</param>
    public void Advance(long? last, bool isAtEnd)
    {
        IsAtEnd = isAtEnd;
        if (last is { } id)
        {
            Next = id + 1;
            _highestSeen = Math.Max(_highestSeen, id);
        }

        if (isAtEnd || Next > _decidedBeforePass)
        {
            _settled = Math.Max(_settled, _decidedBeforePass);
        }
    }

    public void Learn(Heartbeat heartbeat)
    {
        _watched?.Writers.IntersectWith(heartbeat.Writers);
        if (_watched is null or { Writers.Count: 0 })
        {
            _decided = _watched?.Highest ?? _decided;
            _watched = (_highestSeen, [.. heartbeat.Writers]);
        }

        _low = Math.Min(heartbeat.LowestOpen ?? _settled, _settled);
    }

    private void StartPassFrom(long position)
    {
        Next = position;
        IsAtEnd = false;
        _decidedBeforePass = _decided;
    }
}
