namespace SenderService.Outbox.Relay;

/// <summary>
/// Finds the message over which the broker ends the link. Some brokers do not refuse a message but end its session (RabbitMQ does so with
/// one that is too large), and then all that was in flight is reported as rejected, and will be sent again, and the link will end again. So
/// after such an end what was in flight is sent one by one, and a message over which alone the link ends twice is taken for refused.
/// </summary>
internal sealed class Suspicion
{
    private readonly HashSet<long> _suspects = [];
    private long? _accused;

    /// <summary>Whether messages are to be sent one by one.</summary>
    public bool IsOpen => _suspects.Count > 0;

    /// <summary>The broker has ended the link, with an error, and these messages were in flight.</summary>
    /// <returns>Whether the one that was in flight is to blame.</returns>
    public bool Accuse(IReadOnlyList<long> inFlight)
    {
        var suspect = inFlight.Count == 1 ? inFlight[0] : (long?)null;
        var isGuilty = suspect is not null && suspect == _accused;
        _accused = isGuilty ? null : suspect;
        _suspects.Clear();
        if (!isGuilty)
        {
            _suspects.UnionWith(inFlight);
        }

        return isGuilty;
    }

    /// <summary>The broker has accepted these messages.</summary>
    public void Acquit(IEnumerable<long> accepted) => _suspects.ExceptWith(accepted);
}
