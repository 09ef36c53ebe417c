using Amqp.Framing;

namespace Amqp;

/// <summary>The links of a session, by the handles that each end gave them (2.6.2).</summary>
internal sealed class SessionLinks(uint handleMax)
{
    private readonly List<Link> _byHandle = [];
    private readonly Dictionary<uint, Link> _byPeerHandle = [];
    private readonly uint _ownHandleMax = handleMax;
    private uint _handleMax = handleMax;
    private int _next;

    /// <summary>All links, in the order of their handles.</summary>
    public IEnumerable<Link> All => _byHandle.Where(link => link is not null);

    public void LimitHandles(uint peerHandleMax) => _handleMax = Math.Min(_handleMax, peerHandleMax);

    /// <summary>Gives a link the lowest free handle.</summary>
    public uint Add(Link link)
    {
        var handle = _byHandle.IndexOf(null);
        if (handle < 0)
        {
            handle = _byHandle.Count;
            if (handle > _handleMax)
            {
                throw new AmqpException(ErrorCode.NotAllowed, $"A session can have {_handleMax + 1L} links.");
            }

            _byHandle.Add(null);
        }

        _byHandle[handle] = link;
        return (uint)handle;
    }

    /// <summary>Finds the link that a peer attaches its end of, by name and role.</summary>
    /// <returns>What is wrong, or null.</returns>
    /// <exception cref="AmqpException">The handle is none that this end can have: an error of the connection (2.7.2, handle-max).</exception>
    public Error TryMap(Attach attach, out Link link)
    {
        if (attach.Handle > _ownHandleMax)
        {
            throw new AmqpException(ErrorCode.FramingError, $"The handle {attach.Handle} is more than {_ownHandleMax}.");
        }

        link = _byHandle.Find(candidate =>
            candidate is { LinkState: LinkState.AttachSent or LinkState.DetachPipe }
            && candidate.Name == attach.LinkName
            && candidate.Role != attach.Role);
        if (link is null)
        {
            return new Error(ErrorCode.NotAllowed, $"This client waits for no link '{attach.LinkName}' to be attached.");
        }

        return _byPeerHandle.TryAdd(attach.Handle, link)
            ? null
            : new Error(ErrorCode.HandleInUse, $"The handle {attach.Handle} is in use.");
    }

    public Link Find(uint peerHandle) => _byPeerHandle.GetValueOrDefault(peerHandle);

    public void Unmap(uint peerHandle) => _byPeerHandle.Remove(peerHandle);

    public void Remove(Link link) => _byHandle[(int)link.Handle] = null;

    /// <summary>Has the sending links send what waits, starting with another one each time so that none starves.</summary>
    public void SendQueued(CallbackQueue callbacks)
    {
        var count = _byHandle.Count;
        _next = count == 0 ? 0 : (_next + 1) % count;
        for (var index = 0; index < count; index++)
        {
            (_byHandle[(_next + index) % count] as SenderLink)?.SendQueued(callbacks);
        }
    }
}
