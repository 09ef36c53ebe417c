using Amqp;

namespace ServiceDefaults.Amqp;

/// <summary>An attached link in a session of its own. Once it is closed it stays so: open another one.</summary>
public sealed class AmqpLink<TLink>(Session session, TLink link) : IAsyncDisposable
    where TLink : Link
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private bool _disposed;

    public TLink Link { get; } = link;

    /// <summary>Whether the link, its session or its connection has ended.</summary>
    public bool IsClosed => _disposed || Link.IsClosed || session.IsClosed || session.Connection.IsClosed;

    /// <summary>Has <paramref name="closed"/> called when the link, its session or its connection ends; it must not block.</summary>
    public void OnClosed(Action closed)
    {
        ClosedCallback callback = (_, _) => closed();
        Link.AddClosedCallback(callback);
        session.AddClosedCallback(callback);
        session.Connection.AddClosedCallback(callback);
    }

    /// <summary>Ends the session and with it the link: what is unsettled goes back to the broker, what is in flight gets its callback.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (!session.IsClosed)
        {
            await AmqpClosing.CloseQuietlyAsync(session, CloseTimeout);
        }
    }
}
