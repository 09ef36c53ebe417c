namespace Messaging.Outbox.Advanced;

/// <summary>
/// Pays for promise 2, and for throughput while old snapshots keep sent rows from being vacuumed: where the relay reads. Ids do not become
/// visible in their order, so a plain cursor would skip what is committed late. To read from the start each time would mean to read past
/// all dead rows.
/// <para>
/// So the relay reads in passes. A pass reads on while there is more. The next one starts at a position below which no message can appear
/// any more. This position is proven: each id up to the highest one seen belongs to a visible row, or to a transaction that was writing to
/// the outbox at that moment. Once all those transactions have ended, a new pass sees everything that they have committed.
/// </para>
/// </summary>
internal sealed class ReadPosition
{
    private long _highestSeen;

    /// <summary>No new message will appear below this id.</summary>
    private long _settled;

    /// <summary>The writers that are waited for. They may hold ids up to <c>Highest</c>.</summary>
    private (long Highest, HashSet<string> Writers)? _watched;

    /// <summary>Each id up to this one is committed, or never will be. A pass that begins now sees all of them.</summary>
    private long _decided;

    private long _decidedBeforePass;

    /// <summary>The lowest id that the current pass reads next.</summary>
    public long Next { get; private set; }

    /// <summary>True if the pass has read everything.</summary>
    public bool IsAtEnd { get; private set; } = true;

    /// <summary>No message below this id is pending or failed.</summary>
    public long LowestOpenId { get; private set; }

    /// <summary>Begins a pass over new messages.</summary>
    public void StartPass() => StartPassFrom(_settled);

    /// <summary>Begins a pass over all open messages, also those of other relays and those that waited for another attempt.</summary>
    public void StartFullPass() => StartPassFrom(LowestOpenId);

    /// <summary>Makes the next full pass read the whole outbox. Somebody may have set a message back to pending by hand.</summary>
    public void ForgetLowestOpenId() => LowestOpenId = 0;

    /// <summary>Records what the pass has read.</summary>
    /// <param name="last">The highest id that was read. Null if nothing was.</param>
    /// <param name="isAtEnd">True if there was no more.</param>
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

        LowestOpenId = Math.Min(heartbeat.LowestOpenId ?? _settled, _settled);
    }

    private void StartPassFrom(long position)
    {
        Next = position;
        IsAtEnd = false;
        _decidedBeforePass = _decided;
    }
}
