using Amqp.Framing;

namespace Amqp;

/// <summary>A one-way path for messages between this application and a node of the peer (2.6).</summary>
public abstract class Link : AmqpObject, ILink
{
    private readonly OnAttached _onAttached;

    private protected Link(Session session, string name, Attach attach, OnAttached onAttached)
    {
        Session = session;
        Name = name;
        _onAttached = onAttached;
        OwnAttach = attach;
        Role = attach.Role;
        lock (Owner.Gate)
        {
            session.Attach(this, attach);
            LinkState = LinkState.AttachSent;
            Owner.Writer.Wake();
        }
    }

    /// <summary>The link's name.</summary>
    public string Name { get; }

    /// <summary>The number that stands for this end of the link in its session.</summary>
    public uint Handle { get; internal set; }

    /// <summary>What this end is: false sends, true receives.</summary>
    public bool Role { get; }

    /// <summary>How far the link has come.</summary>
    public LinkState LinkState { get; private set; }

    /// <summary>The session that the link belongs to.</summary>
    public Session Session { get; }

    /// <summary>What this end proposed.</summary>
    internal Attach OwnAttach { get; }

    internal override Connection Owner => Session.Connection;

    /// <summary>Whether messages and credit may be told to the peer.</summary>
    internal bool IsAttached => LinkState == LinkState.Attached;

    /// <summary>Throws if nothing can be sent any more, because the link or what it lives in is closed. Called under the gate.</summary>
    internal void ThrowIfClosed()
    {
        if (IsOver || !Session.CanWrite)
        {
            throw ClosedException();
        }
    }

    /// <summary>The peer attached its end. Called under the gate.</summary>
    internal void OnAttach(Attach attach, CallbackQueue callbacks)
    {
        if (LinkState == LinkState.DetachPipe)
        {
            LinkState = LinkState.DetachSent;
            return;
        }

        LinkState = LinkState.Attached;
        if (_onAttached is not null)
        {
            callbacks.Add(new AttachedNotification(this, attach));
        }

        OnAttached(attach, callbacks);
    }

    /// <summary>The peer detached its end: this one follows, if it has not gone ahead (2.6.6). Called under the gate.</summary>
    internal void OnDetach(Error error, CallbackQueue callbacks)
    {
        if (LinkState is LinkState.Attached or LinkState.AttachSent)
        {
            Session.WriteFrame(new Detach(Handle, null));
        }

        LinkState = LinkState.End;
        ReportFirst();
        End(error, callbacks);
    }

    /// <summary>Detaches because the peer broke a rule of this link. Called under the gate.</summary>
    internal void Fail(Error error, CallbackQueue callbacks)
    {
        BeginClose(error, callbacks);
        End(error, callbacks);
    }

    internal abstract void OnAttached(Attach attach, CallbackQueue callbacks);

    internal abstract void OnFlow(in Flow flow, CallbackQueue callbacks);

    internal override void SendClose(Error error, CallbackQueue callbacks)
    {
        Session.WriteFrame(new Detach(Handle, error));
        LinkState = LinkState == LinkState.AttachSent ? LinkState.DetachPipe : LinkState.DetachSent;
    }

    private sealed class AttachedNotification(Link link, Attach attach) : ICallback
    {
        public void Run() => link._onAttached(link, attach);
    }
}
