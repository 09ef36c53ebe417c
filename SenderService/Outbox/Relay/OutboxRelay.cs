using Microsoft.Extensions.Options;
using SenderService.Data;
using SenderService.Outbox.Operations;
using SenderService.Outbox.WakeUp;
using ServiceDefaults.Amqp;
using ServiceDefaults.Data;
using ServiceDefaults.Resilience;

namespace SenderService.Outbox.Relay;

/// <summary>
/// The message relay: publishes what is pending, at once when it is woken, and after a poll interval at the latest. It owns the loop and
/// the waiting; what is done is <see cref="OutboxDispatcher"/>'s. Many instances share the work by partitions.
/// </summary>
internal sealed partial class OutboxRelay(
    DatabaseMigration<SenderDbContext> migration,
    AmqpConnection broker,
    OutboxDatabase database,
    OutboxSignal signal,
    OutboxMetrics metrics,
    IOptions<OutboxOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay> logger) : ResilientService(time, logger)
{
    private readonly OutboxOptions _options = options.Value;
    private readonly Suspicion _suspicion = new();

    /// <summary>Relays until the link or the session is lost.</summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);

        // The broker first: a relay that cannot publish does not keep others from it.
        await using var link = await broker.OpenSenderAsync(_options.Queue, stoppingToken);
        await using var session = await OutboxSession.OpenAsync(database, stoppingToken);
        using var closed = link.Closed.Register(signal.Wake);
        using var dispatcher = new OutboxDispatcher(session, link, _suspicion, _options, signal, metrics, Time, Logger);

        try
        {
            while (await dispatcher.DispatchAsync(stoppingToken) is var result && result != DispatchResult.Outage)
            {
                if (dispatcher.GetsOn)
                {
                    ReportProgress();
                }

                if (result == DispatchResult.Waiting)
                {
                    await signal.WaitAsync(dispatcher.LongestWait, stoppingToken);
                }
            }

            if (IsNewInterruption)
            {
                LogOutage(Logger, dispatcher.Failure);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await dispatcher.FinishAsync();
        }
        finally
        {
            // What is committed here from now on is for the others, who may take the partitions.
            signal.Own([]);
        }

        return false;
    }

    [LoggerMessage(2, LogLevel.Warning, "The broker does not take messages now: they stay pending, and are published as soon as it does")]
    private static partial void LogOutage(ILogger logger, Exception? exception);
}
