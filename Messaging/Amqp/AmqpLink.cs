namespace Messaging.Amqp;

/// <summary>An attached link in a session of its own. A closed link stays closed: open another one.</summary>
public sealed class AmqpLink<TLink> : IAsyncDisposable
    where TLink : Link
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly OpenConnection _open;
    private readonly Session _session;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _connectionClosed;

    /// <summary>The largest message that the broker takes on this link, bytes. 0: no limit (specification 2.7.3).</summary>
    private ulong _maxMessageSize;

    private AmqpLink(OpenConnection open, Session session, TLink link)
    {
        (_open, _session) = (open, session);
        Link = link;
        link.AddClosedCallback((_, _) => _closed.Cancel());
        session.AddClosedCallback((_, _) => _closed.Cancel());
        _connectionClosed = open.Closed.Register(_closed.Cancel);
    }

    public TLink Link { get; }

    /// <summary>
    /// Cancelled when the link, its session or its connection ends. Runs on the connection's reader: a registration must not block.
    /// </summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>
    /// True if the link, its session or its connection has ended. When the broker detaches a link, the client first sets its error, then
    /// reports everything in flight as rejected, and only then says that the link is closed.
    /// </summary>
    public bool IsClosed =>
        _closed.IsCancellationRequested || Link.IsClosed || Link.Error is not null || _session.IsClosed || _session.Connection.IsClosed;

    /// <summary>True if not only the link has ended. <see cref="AmqpConnection"/> logs this, and why.</summary>
    public bool IsConnectionClosed => _open.IsClosed;

    /// <summary>Why it has ended, for the log.</summary>
    public string Reason => Error?.ToString() ?? "the connection is gone";

    private Error? Error => Link.Error ?? _session.Error ?? _session.Connection.Error;

    /// <summary>Why the broker would refuse a body of this size. Null if the broker has set no limit, or the body is within it.</summary>
    /// <param name="bodySize">Bytes. The message around it needs some more, so a body just below the limit may still be refused.</param>
    public Error? Refuses(int bodySize) => _maxMessageSize is 0 || (ulong)bodySize <= _maxMessageSize
        ? null
        : new Error(ErrorCode.MessageSizeExceeded)
        {
            Description = $"The body has {bodySize} bytes. The broker takes messages of at most {_maxMessageSize} bytes.",
        };

    /// <summary>Ends the whole connection at once, because the broker does not answer. What is in flight gets its callback.</summary>
    /// <param name="reason">Why, for the log.</param>
    public void DropConnection(string reason) => _open.Socket.Close(reason);

    /// <summary>Ends the session and its link. What is unsettled goes back to the broker; what is in flight gets its callback.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connectionClosed.DisposeAsync();
        if (!_session.IsClosed && !_open.Connection.IsClosed)
        {
            await AmqpClosing.CloseQuietlyAsync(_session, CloseTimeout);
        }

        await _closed.CancelAsync();
    }

    /// <summary>Attaches a link in a new session, and waits for the broker's answer.</summary>
    /// <exception cref="AmqpException">The broker refused, or the connection ended.</exception>
    /// <exception cref="IOException">The connection has just ended.</exception>
    /// <exception cref="TimeoutException">The broker did not answer.</exception>
    internal static async Task<AmqpLink<TLink>> AttachAsync(
        OpenConnection open,
        Func<Session, OnAttached, TLink> attach,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var attached = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        Session session;
        AmqpLink<TLink> link;
        try
        {
            session = new Session(open.Connection);
            link = new AmqpLink<TLink>(open, session, attach(session, OnAttached));
        }
        catch (ObjectDisposedException exception)
        {
            // AMQPNetLite reports in this way that the transport is closed, while the connection is not yet.
            throw new IOException("it hung up", exception);
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(link.Closed, cancellationToken);
            link._maxMessageSize = await attached.Task.WaitAsync(timeout, time, either.Token);
            return link;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await link.DisposeAsync();
            throw new AmqpException(link.Error ?? new Error(ErrorCode.DetachForced)
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
            // A refusal is an answer without a terminus. A detach with the reason follows (specification 2.6.3). The answer of a receiver,
            // whose role is true, has the terminus of a sender.
            if ((answer.Role ? answer.Target : answer.Source) is not null)
            {
                attached.TrySetResult(answer.MaxMessageSize);
            }
        }
    }
}
