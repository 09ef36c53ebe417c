namespace Messaging.Outbox.Advanced;

/// <summary>
/// Pays for promise 2: finds the message over which the broker ends the link. RabbitMQ, for example, does not refuse a message that is too
/// large for it, it ends the session. Then everything in flight is reported as rejected and sent again, and the link ends again. So after
/// three link ends without progress, the messages that were in flight are sent one at a time. The one that is in flight at the next end is
/// the culprit.
/// </summary>
internal sealed class PoisonDetector
{
    private const int EndsWithoutProgress = 3;

    private int _ends;

    /// <summary>Number of messages to send one at a time. The relay reads in order, so these are the ones that were in flight.</summary>
    private int _suspects;

    public bool SendsOneAtATime => _suspects > 0;

    /// <summary>The broker has accepted or refused this many messages.</summary>
    public void RecordProgress(int messages)
    {
        _ends = 0;
        _suspects = Math.Max(0, _suspects - messages);
    }

    /// <summary>The broker has ended the link, with an error.</summary>
    /// <param name="inFlight">What was in flight then.</param>
    /// <returns>The culprit. Null if it is not proven yet.</returns>
    public OutboxDelivery? RecordLinkEnd(IReadOnlyList<OutboxDelivery> inFlight)
    {
        if (SendsOneAtATime && inFlight is [var culprit])
        {
            return culprit;
        }

        if (inFlight.Count > 0 && ++_ends >= EndsWithoutProgress)
        {
            _suspects = Math.Max(_suspects, inFlight.Count);
        }

        return null;
    }
}
