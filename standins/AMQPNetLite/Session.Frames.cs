using Amqp.Framing;

namespace Amqp;

/// <summary>What the peer does to a session and its links: begin, attach, detach, end (2.5, 2.6).</summary>
public partial class Session
{
    internal void OnBegin(Begin begin, CallbackQueue callbacks)
    {
        _state = _state == SessionState.EndPipe ? SessionState.EndSent : SessionState.Opened;
        _nextIncomingId = begin.NextOutgoingId;
        _remoteIncomingWindow = begin.IncomingWindow;
        _links.LimitHandles(begin.HandleMax);
        if (_onBegin is not null && !HasEnded)
        {
            callbacks.Add(new BegunNotification(this, begin));
        }
    }

    internal void OnAttach(Attach attach, CallbackQueue callbacks)
    {
        if (_state != SessionState.Opened)
        {
            return;
        }

        if (_links.TryMap(attach, out var link) is { } error)
        {
            Fail(error, callbacks);
            return;
        }

        link.OnAttach(attach, callbacks);
    }

    internal void OnDetach(uint handle, Error error, CallbackQueue callbacks)
    {
        if (_state != SessionState.Opened || FindLink(handle, callbacks) is not { } link)
        {
            return;
        }

        _links.Unmap(handle);
        _links.Remove(link);
        link.OnDetach(error, callbacks);
    }

    internal void OnEnd(Error error, CallbackQueue callbacks)
    {
        if (_state == SessionState.Opened)
        {
            WriteFrame(new Farewell(Descriptors.End, null));
        }

        _state = SessionState.End;
        End(error, callbacks);
    }

    private Link FindLink(uint handle, CallbackQueue callbacks)
    {
        var link = _links.Find(handle);
        if (link is null)
        {
            Fail(new Error(ErrorCode.UnattachedHandle, $"There is no link with the handle {handle}."), callbacks);
        }

        return link;
    }
}
