namespace Messaging.Outbox.Relay;

/// <summary>
/// The message relay: publishes what is pending, as soon as it is woken, and after a poll interval at the latest. It owns the loop and the
/// waiting. <see cref="OutboxDispatcher"/> does one step. Several instances share the work by partitions. The other kind of relay follows
/// the write-ahead log instead of reading the table: see <see cref="LogFollower"/>.
/// </summary>
internal sealed partial class OutboxRelay(
    AmqpConnection broker,
    OutboxDatabase database,
    IServiceScopeFactory scopes,
    OutboxSignal signal,
    LogSetUp logSetUp,
    RelayMetrics metrics,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay> logger) : ResilientService(time, logger)
{
    private readonly OutboxOptions _options = options.Value;
    private readonly PoisonDetector _poison = new();
    private readonly List<PendingMessage> _unmarked = [];
    private bool _isPrepared;

    private bool FollowsLog => _options.Relay == OutboxRelayKind.Wal;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Fails at start, not at the first message.
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxContext>().Db;
        db.ThrowIfNotInModel<OutboxMessage>("outbox", nameof(OutboxModel.ApplyOutbox));
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Relays until the link or the session is lost.</summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        if (FollowsLog && !_isPrepared)
        {
            // Without waiting for the broker: a wrong setting must show at start.
            await logSetUp.PrepareAsync(stoppingToken);
            _isPrepared = true;
        }

        // The broker first: a relay that cannot publish must not take partitions from others.
        await using var link = await broker.OpenSenderAsync(_options.Queue!, stoppingToken);
        await using var session = await OutboxSession.OpenAsync(database, stoppingToken);
        await using var log = FollowsLog ? await FollowLogAsync(session, stoppingToken) : null;
        using var closed = link.Closed.Register(signal.Wake);
        using var dispatcher = new OutboxDispatcher(session, link, _unmarked, _poison, _options, signal, metrics, Time, Logger, log);

        try
        {
            while (await dispatcher.DispatchAsync(stoppingToken) is var result && result != DispatchResult.Outage)
            {
                if (dispatcher.MadeProgress)
                {
                    ReportProgress();
                }

                if (result == DispatchResult.Waiting)
                {
                    await signal.WaitAsync(dispatcher.LongestWait, stoppingToken);
                }
            }

            ReportInterruption(dispatcher.Failure?.Message ?? "The broker does not take messages now.");

            // The end of a connection is in the log already.
            if (IsNewInterruption && !link.IsConnectionClosed)
            {
                LogOutage(Logger, dispatcher.Failure);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await dispatcher.FinishAsync();
        }
        catch (Exception)
        {
            await dispatcher.RememberAsync();
            throw;
        }
        finally
        {
            // Other instances take the partitions. From now on, commits of this one are announced to them.
            signal.Own([]);
        }

        return false;
    }

    private async Task<LogFollower> FollowLogAsync(OutboxSession session, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(LogFollower.SessionSetUp, cancellationToken);
        return new(logSetUp, session, _options, signal, Logger);
    }

    [LoggerMessage(2, LogLevel.Warning, "The broker does not take messages now. They stay pending, and are published as soon as it does")]
    private static partial void LogOutage(ILogger logger, Exception? exception);
}
