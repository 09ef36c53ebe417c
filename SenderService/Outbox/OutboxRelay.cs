using Microsoft.Extensions.Options;
using SenderService.Data;
using ServiceDefaults.Amqp;
using ServiceDefaults.Data;
using ServiceDefaults.Resilience;

namespace SenderService.Outbox;

/// <summary>
/// The message relay: publishes what is pending, at once when it is woken, and after a poll interval at the latest. It owns the loop and the
/// waiting; one batch is <see cref="OutboxDispatcher"/>'s. Of many instances one is at work and the others stand by.
/// </summary>
internal sealed partial class OutboxRelay(
    DatabaseMigration<SenderDbContext> migration,
    AmqpConnection broker,
    OutboxDispatcher dispatcher,
    OutboxSignal signal,
    OutboxDatabase database,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay> logger) : BackgroundService
{
    private readonly OutboxOptions _options = options.Value;
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RelayAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_backoff.Failures == 0)
                {
                    LogInterrupted(exception);
                }
            }

            await _backoff.DelayAsync(stoppingToken);
        }
    }

    /// <summary>Relays until the link or the session is lost.</summary>
    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        // The broker first: a relay that cannot publish does not keep others from it.
        await using var link = await broker.OpenSenderAsync(_options.Queue, stoppingToken);
        await using var session = await OpenSessionAsync(stoppingToken);
        LogAtWork();

        // A batch that is in flight when the service stops is given a moment to end, as every message that is published and
        // not marked will be published twice.
        using var graceful = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => graceful.CancelAfter(_options.ShutdownGrace));

        while (!stoppingToken.IsCancellationRequested && !link.IsClosed)
        {
            switch (await dispatcher.DispatchAsync(session, link, graceful.Token))
            {
                case DispatchResult.Idle:
                    _backoff.Reset();
                    await signal.WaitAsync(_options.PollInterval, stoppingToken);
                    break;
                case DispatchResult.Published:
                    _backoff.Reset();
                    break;
                case DispatchResult.LinkLost:
                    return;
            }
        }
    }

    private async Task<OutboxSession> OpenSessionAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (await OutboxSession.TryOpenAsync(database.ConnectionString, stoppingToken) is { } session)
            {
                return session;
            }

            await Task.Delay(_options.PollInterval, time, stoppingToken);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "This relay is at work")]
    private partial void LogAtWork();

    [LoggerMessage(2, LogLevel.Warning, "The relay was interrupted; it goes on as soon as it can")]
    private partial void LogInterrupted(Exception exception);
}
