using Amqp;
using Amqp.Framing;

namespace ServiceDefaults.Amqp;

/// <summary>An attached link in a session of its own. Once it is closed it stays so: open another one.</summary>
public sealed class AmqpLink<TLink> : IAsyncDisposable
    where TLink : Link
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly Session _session;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _connectionClosed;

    private AmqpLink(Session session, TLink link, CancellationToken connectionClosed)
    {
        _session = session;
        Link = link;
        link.AddClosedCallback((_, _) => _closed.Cancel());
        session.AddClosedCallback((_, _) => _closed.Cancel());
        _connectionClosed = connectionClosed.Register(_closed.Cancel);
    }

    public TLink Link { get; }

    /// <summary>
    /// Cancelled when the link, its session or its connection ends, on the connection's reader: what is registered must not block.
    /// </summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>
    /// Whether the link, its session or its connection has ended. A link that the broker detaches says so itself only after what was in
    /// flight was reported as rejected; it has the error before.
    /// </summary>
    public bool IsClosed =>
        _closed.IsCancellationRequested || Link.IsClosed || Link.Error is not null || _session.IsClosed || _session.Connection.IsClosed;

    /// <summary>Ends the session and with it the link: what is unsettled goes back to the broker, what is in flight gets its callback.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connectionClosed.DisposeAsync();
        if (!_session.IsClosed)
        {
            await AmqpClosing.CloseQuietlyAsync(_session, CloseTimeout);
        }

        await _closed.CancelAsync();
    }

    /// <summary>Attaches a link in a new session and waits for the broker to agree.</summary>
    /// <exception cref="AmqpException">The broker refused, or the connection ended.</exception>
    /// <exception cref="IOException">The connection has just ended.</exception>
    /// <exception cref="TimeoutException">The broker did not answer.</exception>
    internal static async Task<AmqpLink<TLink>> AttachAsync(
        OpenConnection open,
        Func<Session, OnAttached, TLink> attach,
        Func<Attach, object?> terminus,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Session session;
        AmqpLink<TLink> link;
        try
        {
            session = new Session(open.Connection);
            link = new AmqpLink<TLink>(session, attach(session, OnAttached), open.Closed);
        }
        catch (ObjectDisposedException exception)
        {
            // Nobody has disposed anything: so AMQPNetLite says it while the transport is closed already and the connection is not.
            throw new IOException("it hung up", exception);
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(link.Closed, cancellationToken);
            await attached.Task.WaitAsync(timeout, time, either.Token);
            return link;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await link.DisposeAsync();
            throw new AmqpException(link.Link.Error ?? session.Error ?? open.Connection.Error ?? new Error(ErrorCode.DetachForced)
            {
                Description = "The broker closed the link while it was being attached.",
            });
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }

        void OnAttached(ILink sameLink, Attach answer)
        {
            // Refused is an answer without terminus, and a detach with the reason right after it (specification 2.6.3).
            if (terminus(answer) is not null)
            {
                attached.TrySetResult();
            }
        }
    }
}
