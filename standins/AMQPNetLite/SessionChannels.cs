namespace Amqp;

/// <summary>The sessions of a connection, by the channels of each end (2.5.1).</summary>
internal sealed class SessionChannels(ushort channelMax)
{
    private readonly List<Session> _byChannel = [];
    private readonly Dictionary<ushort, Session> _byPeerChannel = [];
    private int _channelMax = channelMax;

    public IEnumerable<Session> All => _byChannel.Where(session => session is not null);

    public void LimitChannels(ushort peerChannelMax) => _channelMax = Math.Min(_channelMax, peerChannelMax);

    /// <summary>Gives a session the lowest free channel.</summary>
    public ushort Add(Session session)
    {
        var channel = _byChannel.IndexOf(null);
        if (channel < 0)
        {
            channel = _byChannel.Count;
            if (channel > _channelMax)
            {
                throw new AmqpException(ErrorCode.NotAllowed, $"The connection can have {_channelMax + 1} sessions.");
            }

            _byChannel.Add(null);
        }

        _byChannel[channel] = session;
        return (ushort)channel;
    }

    /// <summary>The session that a peer's begin answers; null if it answers none that waits for it.</summary>
    public Session Map(ushort channel, ushort peerChannel)
    {
        var session = channel < _byChannel.Count ? _byChannel[channel] : null;
        return session is { SessionState: SessionState.BeginSent or SessionState.EndPipe } && _byPeerChannel.TryAdd(peerChannel, session)
            ? session
            : null;
    }

    public Session Find(ushort peerChannel) => _byPeerChannel.GetValueOrDefault(peerChannel);

    public void Remove(Session session, ushort peerChannel)
    {
        _byPeerChannel.Remove(peerChannel);
        _byChannel[session.Channel] = null;
    }
}
