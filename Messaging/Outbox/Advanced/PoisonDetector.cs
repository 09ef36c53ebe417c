namespace Messaging.Outbox.Advanced;

/// <summary>
/// Pays for promise 2: finds the message over which the broker ends the link. RabbitMQ, for example, does not refuse a message that is too
/// large for it, it ends the session. Then everything in flight is reported as rejected and sent again, and the link ends again. So after
/// three link ends without progress, messages are sent one at a time. The one that is in flight at the next end is the culprit.
/// </summary>
internal sealed class PoisonDetector
{
    private const int EndsWithoutProgress = 3;

    private int _ends;

    public bool SendsOneAtATime => _ends >= EndsWithoutProgress;

    /// <summary>The broker has accepted or refused a message.</summary>
    public void RecordProgress() => _ends = 0;

    /// <summary>The broker has ended the link, with an error.</summary>
    /// <param name="inFlight">What was in flight then.</param>
    /// <returns>The culprit. Null if it is not proven yet.</returns>
    public OutboxDelivery? RecordLinkEnd(IReadOnlyList<OutboxDelivery> inFlight)
    {
        if (SendsOneAtATime && inFlight is [var culprit])
        {
            return culprit;
        }

        _ends += inFlight.Count > 0 ? 1 : 0;
        return null;
    }
}
