using System.Net.Sockets;
using System.Security.Authentication;
using Amqp.Handler;

namespace Messaging.Amqp;

/// <summary>
/// The service's one connection to the broker. <see cref="OpenSenderAsync"/> and <see cref="OpenReceiverAsync"/> wait until the broker is
/// there, so an outage of any length is only a delay. It is logged when it begins and when it ends, and at most once a minute if its cause
/// changes.
/// </summary>
/// <param name="handler">Receives the client's events, and may interfere. Tests do.</param>
public sealed partial class AmqpConnection(
    Address broker,
    IOptions<AmqpOptions> options,
    IHostEnvironment environment,
    TimeProvider time,
    ILogger<AmqpConnection> logger,
    IHandler? handler = null) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly AmqpOptions _options = options.Value;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private OpenConnection? _open;

    /// <summary>What was logged last: a failure, or that the broker is there. Null if nothing was yet.</summary>
    private (string? Failure, long At)? _logged;

    /// <summary>True while there is a connection, and the last attempt to attach succeeded.</summary>
    public bool IsOpen => _open is { Connection.IsClosed: false } && LastFailure is null;

    /// <summary>Why the last attempt failed. Null if it succeeded.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Attaches a sender to <paramref name="queue"/>. Waits for the broker until cancelled.</summary>
    public Task<AmqpLink<SenderLink>> OpenSenderAsync(string queue, CancellationToken cancellationToken) =>
        OpenAsync((session, attached) => new SenderLink(session, LinkName(queue), AmqpQueue.Target(queue), attached), cancellationToken);

    /// <summary>Attaches a receiver to <paramref name="queue"/>, without credit yet. Waits for the broker until cancelled.</summary>
    public Task<AmqpLink<ReceiverLink>> OpenReceiverAsync(string queue, CancellationToken cancellationToken) =>
        OpenAsync((session, attached) => new ReceiverLink(session, LinkName(queue), AmqpQueue.Source(queue), attached), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_open is { Connection.IsClosed: false } open)
        {
            await AmqpClosing.CloseQuietlyAsync(open.Connection, CloseTimeout);
            open.Socket.Close("the service stops");
        }

        _connecting.Dispose();
    }

    private async Task<AmqpLink<TLink>> OpenAsync<TLink>(Func<Session, OnAttached, TLink> attach, CancellationToken cancellationToken)
        where TLink : Link
    {
        var backoff = new Backoff(_options.MinReconnectDelay, _options.MaxReconnectDelay, time);
        while (true)
        {
            try
            {
                var open = await ConnectAsync(cancellationToken);
                var link = await AmqpLink<TLink>.AttachAsync(open, attach, _options.ConnectTimeout, time, cancellationToken);
                ReportSuccess();
                return link;
            }
            catch (Exception exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
            {
                ReportFailure(exception.Message);

                // A refusal is an answer, so the connection works, and other links may use it. In any other case always reconnect: a hung
                // broker would keep the old connection open.
                if (exception is not AmqpException)
                {
                    _open?.Socket.Close(exception.Message);
                }

                await backoff.DelayAsync(cancellationToken);
            }
        }
    }

    private async Task<OpenConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_open is { IsClosed: false } open)
            {
                return open;
            }

            var factory = new ConnectionFactory();
            factory.AMQP.ContainerId = $"{environment.ApplicationName}-{Guid.NewGuid():N}";
            factory.AMQP.IdleTimeout = (int)_options.IdleTimeout.TotalMilliseconds;
            factory.TCP.NoDelay = true;
            var socket = new ConnectionSocket(handler);
            var connection = await CreateAsync(factory, socket, cancellationToken);
            var closed = new CancellationTokenSource();
            connection.AddClosedCallback((_, error) =>
            {
                if (error is not null)
                {
                    ReportFailure(socket.Reason ?? error.Description ?? error.Condition);
                }

                closed.Cancel();
            });
            return _open = new OpenConnection(connection, socket, closed.Token);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<Connection> CreateAsync(ConnectionFactory factory, ConnectionSocket socket, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var closing = either.Token.Register(() => socket.Close(reason: null));
            return await factory.CreateAsync(GatheringLogin.Use(factory, broker), either.Token, socket);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (
            exception is ObjectDisposedException or OperationCanceledException && !either.IsCancellationRequested)
        {
            // AMQPNetLite reports the end of a connection in this way. Nobody has cancelled anything.
            throw new IOException("it hung up", exception);
        }
    }

    /// <summary>A unique name. A second link of the same container and name would resume the first one (specification 2.6.1).</summary>
    private string LinkName(string queue) => $"{environment.ApplicationName}-{queue}-{Guid.NewGuid():N}";

    private static bool IsOutage(Exception exception) =>
        exception is AmqpException or SocketException or IOException or TimeoutException or AuthenticationException;

    private void ReportSuccess()
    {
        // A service that loses its database attaches again and again. Only a change of the broker is worth a line.
        if (_logged is not { Failure: null })
        {
            _logged = (null, time.GetTimestamp());
            LogConnected(broker.Host, broker.Port);
        }

        LastFailure = null;
    }

    private void ReportFailure(string reason)
    {
        LastFailure = $"The broker at {broker.Host}:{broker.Port} cannot be reached: {reason}";
        if (_logged is not { Failure: { } failure, At: var at } || (failure != reason && time.GetElapsedTime(at) > LogInterval))
        {
            _logged = (reason, time.GetTimestamp());
            LogUnavailable(broker.Host, broker.Port, reason);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to the broker at {Host}:{Port}")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(2, LogLevel.Warning, "The broker at {Host}:{Port} cannot be reached; the service tries again until it can: {Reason}")]
    private partial void LogUnavailable(string host, int port, string reason);
}
