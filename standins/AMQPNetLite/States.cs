namespace Amqp;

/// <summary>How far a connection has come (2.4.6).</summary>
public enum ConnectionState
{
    /// <summary>Nothing was exchanged.</summary>
    Start,

    /// <summary>The header was sent.</summary>
    HeaderSent,

    /// <summary>Header and open were sent.</summary>
    OpenPipe,

    /// <summary>The peer's header was received.</summary>
    HeaderReceived,

    /// <summary>Both headers were exchanged.</summary>
    HeaderExchanged,

    /// <summary>Open was sent.</summary>
    OpenSent,

    /// <summary>The peer's open was received.</summary>
    OpenReceived,

    /// <summary>Both ends are open.</summary>
    Opened,

    /// <summary>The peer closes.</summary>
    CloseReceived,

    /// <summary>This end closes.</summary>
    CloseSent,

    /// <summary>Header, open and close were sent.</summary>
    OpenClosePipe,

    /// <summary>Open and close were sent.</summary>
    ClosePipe,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>How far a session has come (2.5.5).</summary>
public enum SessionState
{
    /// <summary>Nothing was exchanged.</summary>
    Start,

    /// <summary>Begin was sent.</summary>
    BeginSent,

    /// <summary>The peer's begin was received.</summary>
    BeginReceived,

    /// <summary>Both ends have begun.</summary>
    Opened,

    /// <summary>The peer ends.</summary>
    EndReceived,

    /// <summary>This end has ended.</summary>
    EndSent,

    /// <summary>Begin and end were sent.</summary>
    EndPipe,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>How far a link has come (2.6.3 to 2.6.6).</summary>
public enum LinkState
{
    /// <summary>Nothing was exchanged.</summary>
    Start,

    /// <summary>Attach was sent.</summary>
    AttachSent,

    /// <summary>The peer's attach was received.</summary>
    AttachReceived,

    /// <summary>Both ends are attached.</summary>
    Attached,

    /// <summary>Attach and detach were sent.</summary>
    DetachPipe,

    /// <summary>This end has detached.</summary>
    DetachSent,

    /// <summary>The peer detaches.</summary>
    DetachReceived,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>Who gives a receiver's credit back (2.6.7).</summary>
public enum CreditMode
{
    /// <summary>The application, by setting it again.</summary>
    Manual,

    /// <summary>The link, as messages are settled.</summary>
    Auto,

    /// <summary>Nobody: the peer uses it up at once, with what it has.</summary>
    Drain,
}
