using Microsoft.Extensions.Options;
using SenderService.Data;
using ServiceDefaults.Amqp;
using ServiceDefaults.Data;
using ServiceDefaults.Resilience;

namespace SenderService.Outbox;

/// <summary>
/// The message relay: publishes what is pending, at once when it is woken, and after a poll interval at the latest. It owns the loop and
/// the
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
    ILogger<OutboxRelay> logger) : ResilientService(time, logger)
{
    private readonly OutboxOptions _options = options.Value;

    /// <summary>Relays until the link or the session is lost.</summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);

        // The broker first: a relay that cannot publish does not keep others from it.
        await using var link = await broker.OpenSenderAsync(_options.Queue, stoppingToken);
        await using var session = await OpenSessionAsync(stoppingToken);
        LogAtWork(Logger);

        // A batch that is in flight when the service stops is given a moment to end, as every message that is published and
        // not marked will be published twice.
        using var graceful = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => graceful.CancelAfter(_options.ShutdownGrace));

        while (!stoppingToken.IsCancellationRequested && !link.IsClosed)
        {
            switch (await dispatcher.DispatchAsync(session, link, graceful.Token))
            {
                case DispatchResult.Idle:
                    ReportProgress();
                    await signal.WaitAsync(_options.PollInterval, stoppingToken);
                    break;
                case DispatchResult.Published:
                    ReportProgress();
                    break;
                case DispatchResult.LinkLost:
                    return false;
            }
        }

        return false;
    }

    private async Task<OutboxSession> OpenSessionAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (await OutboxSession.TryOpenAsync(database, stoppingToken) is { } session)
            {
                return session;
            }

            await Task.Delay(_options.PollInterval, Time, stoppingToken);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "This relay is at work")]
    private static partial void LogAtWork(ILogger logger);
}
