using Amqp;

namespace ServiceDefaults.Amqp;

/// <summary>An attached link in a session of its own. Once it is closed it stays so: open another one.</summary>
public sealed class AmqpLink<TLink> : IAsyncDisposable
    where TLink : Link
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly Session _session;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _connectionClosed;

    internal AmqpLink(Session session, TLink link, CancellationToken connectionClosed)
    {
        _session = session;
        Link = link;
        link.AddClosedCallback((_, _) => _closed.Cancel());
        session.AddClosedCallback((_, _) => _closed.Cancel());
        _connectionClosed = connectionClosed.Register(_closed.Cancel);
    }

    public TLink Link { get; }

    /// <summary>Cancelled when the link, its session or its connection ends, on the connection's reader: what is registered must not
    /// block.</summary>
    public CancellationToken Closed => _closed.Token;

    public bool IsClosed => _closed.IsCancellationRequested || Link.IsClosed || _session.IsClosed || _session.Connection.IsClosed;

    /// <summary>The error with which the peer ended it, if it gave one.</summary>
    internal global::Amqp.Framing.Error? Error => Link.Error ?? _session.Error ?? _session.Connection.Error;

    /// <summary>Ends the session and with it the link: what is unsettled goes back to the broker, what is in flight gets its
    /// callback.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connectionClosed.DisposeAsync();
        if (!_session.IsClosed)
        {
            await AmqpClosing.CloseQuietlyAsync(_session, CloseTimeout);
        }

        await _closed.CancelAsync();
    }
}
