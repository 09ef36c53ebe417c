using System.Net.Sockets;
using System.Security.Authentication;
using Amqp;
using Amqp.Framing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.Resilience;

namespace ServiceDefaults.Amqp;

/// <summary>
/// The service's one connection to the broker. <see cref="OpenSenderAsync"/> and <see cref="OpenReceiverAsync"/> wait for the broker as
/// long as it takes, so that an outage of any length only delays; it is logged when it begins and when it ends.
/// </summary>
public sealed partial class AmqpConnection(
    IOptions<AmqpOptions> options, IHostEnvironment environment, TimeProvider time, ILogger<AmqpConnection> logger) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly AmqpOptions _options = options.Value;
    private readonly Address _address = new(options.Value.Address);
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private Connection? _connection;

    /// <summary>Whether the broker was reached and has not gone since.</summary>
    public bool IsOpen => _connection is { IsClosed: false } && LastFailure is null;

    /// <summary>Why the last attempt failed; null after one that did not.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Attaches a sender to <paramref name="queue"/>, waiting for the broker until cancelled.</summary>
    public Task<AmqpLink<SenderLink>> OpenSenderAsync(string queue, CancellationToken cancellationToken) =>
        OpenAsync(
            (session, attached) => new SenderLink(session, LinkName(queue), AmqpQueue.Target(queue), attached),
            answer => answer.Target,
            cancellationToken);

    /// <summary>Attaches a receiver to <paramref name="queue"/>, without credit yet, waiting for the broker until cancelled.</summary>
    public Task<AmqpLink<ReceiverLink>> OpenReceiverAsync(string queue, CancellationToken cancellationToken) =>
        OpenAsync(
            (session, attached) => new ReceiverLink(session, LinkName(queue), AmqpQueue.Source(queue), attached),
            answer => answer.Source,
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _connecting.Dispose();
    }

    private async Task<AmqpLink<TLink>> OpenAsync<TLink>(
        Func<Session, OnAttached, TLink> attach, Func<Attach, object?> terminus, CancellationToken cancellationToken)
        where TLink : Link
    {
        var backoff = new Backoff(_options.MinReconnectDelay, _options.MaxReconnectDelay, time);
        while (true)
        {
            try
            {
                var link = await AttachAsync(await ConnectAsync(cancellationToken), attach, terminus, cancellationToken);
                ReportSuccess();
                return link;
            }
            catch (Exception exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
            {
                ReportFailure(exception);

                // Whatever is wrong, a new connection is not worse: a broker that hangs would keep the old one open for long.
                await DisconnectAsync();
                await backoff.DelayAsync(cancellationToken);
            }
        }
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsClosed: false } open)
            {
                return open;
            }

            var factory = new ConnectionFactory();
            factory.AMQP.ContainerId = $"{environment.ApplicationName}-{Guid.NewGuid():N}";
            factory.AMQP.IdleTimeout = (int)_options.IdleTimeout.TotalMilliseconds;
            factory.TCP.NoDelay = true;
            return _connection = await CreateAsync(factory, cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task DisconnectAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { IsClosed: false } connection)
        {
            await AmqpClosing.CloseQuietlyAsync(connection, CloseTimeout);
        }
    }

    private async Task<Connection> CreateAsync(ConnectionFactory factory, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await factory.CreateAsync(_address, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s");
        }
    }

    private async Task<AmqpLink<TLink>> AttachAsync<TLink>(
        Connection connection, Func<Session, OnAttached, TLink> attach, Func<Attach, object?> terminus, CancellationToken cancellationToken)
        where TLink : Link
    {
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = new Session(connection);
        var link = new AmqpLink<TLink>(session, attach(session, (_, answer) =>
        {
            // Refused is an answer without terminus, and a detach with the reason right after it (specification 2.6.3).
            if (terminus(answer) is not null)
            {
                attached.TrySetResult();
            }
        }));

        ClosedCallback refused = (_, error) => attached.TrySetException(new AmqpException(
            error ?? new Error(ErrorCode.DetachForced) { Description = "The broker closed the link while it was being attached." }));
        link.Link.AddClosedCallback(refused);
        session.AddClosedCallback(refused);
        connection.AddClosedCallback(refused);
        try
        {
            await attached.Task.WaitAsync(_options.ConnectTimeout, time, cancellationToken);
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>Unique, because a broker takes a second link of the same container and name for the first one resumed (specification 2.6.1).</summary>
    private string LinkName(string queue) => $"{environment.ApplicationName}-{queue}-{Guid.NewGuid():N}";

    private static bool IsOutage(Exception exception) =>
        exception is AmqpException or SocketException or IOException or TimeoutException or AuthenticationException;

    private void ReportSuccess()
    {
        LastFailure = null;
        LogConnected(_address.Host, _address.Port);
    }

    private void ReportFailure(Exception exception)
    {
        var first = LastFailure is null;
        LastFailure = $"The broker at {_address.Host}:{_address.Port} cannot be reached: {exception.Message}";
        if (first)
        {
            LogUnavailable(_address.Host, _address.Port, exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Attached to the broker at {Host}:{Port}")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(2, LogLevel.Warning, "The broker at {Host}:{Port} cannot be reached; trying until it can: {Reason}")]
    private partial void LogUnavailable(string host, int port, string reason);
}
