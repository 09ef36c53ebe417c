namespace SenderService.Outbox.Relay;

/// <summary>
/// Finds the message over which the broker ends the link. Some brokers do not refuse a message but end its session (RabbitMQ does so with
/// one that is too large), and then all that was in flight is reported as rejected, and will be sent again, and the link will end again. So
/// after such an end what was in flight is sent one by one, and a message over which alone the link ends twice is taken for refused.
/// </summary>
internal sealed class Suspicion
{
    /// <summary>Their ids and partitions.</summary>
    private readonly Dictionary<long, int> _suspects = [];
    private long? _accused;

    /// <summary>Whether messages are to be sent one by one.</summary>
    public bool IsOpen => _suspects.Count > 0;

    /// <summary>The broker has ended the link, with an error, and these messages were in flight.</summary>
    /// <returns>Whether the one that was in flight is to blame.</returns>
    public bool Accuse(IReadOnlyList<PendingMessage> inFlight)
    {
        var suspect = inFlight.Count == 1 ? inFlight[0].Id : (long?)null;
        var isGuilty = suspect is not null && suspect == _accused;
        _accused = isGuilty ? null : suspect;
        _suspects.Clear();
        foreach (var message in isGuilty ? [] : inFlight)
        {
            _suspects.Add(message.Id, message.Partition);
        }

        return isGuilty;
    }

    /// <summary>The broker has accepted these messages, or has refused them without ending the link.</summary>
    public void Acquit(params IEnumerable<long> answered)
    {
        foreach (var id in answered)
        {
            _suspects.Remove(id);
        }
    }

    /// <summary>Forgets suspects that will never be answered here, as nothing would end the sending one by one then.</summary>
    /// <param name="isGone">By id and partition.</param>
    public void Forget(Func<long, int, bool> isGone)
    {
        foreach (var (id, partition) in _suspects)
        {
            if (isGone(id, partition))
            {
                _suspects.Remove(id);
            }
        }
    }
}
