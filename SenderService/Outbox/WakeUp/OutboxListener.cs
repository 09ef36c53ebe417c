using System.Globalization;
using Npgsql;
using SenderService.Outbox.Relay;
using ServiceDefaults.Resilience;

namespace SenderService.Outbox.WakeUp;

/// <summary>Hears of what other instances have committed, and wakes the relay of this one if it is to relay it.</summary>
internal sealed class OutboxListener(OutboxDatabase database, OutboxSignal signal, TimeProvider time, ILogger<OutboxListener> logger)
    : ResilientService(time, logger)
{
    /// <summary>Listens until the connection is lost. What is missed meanwhile, the relay finds when it polls.</summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await using var connection = await database.OpenAsync(stoppingToken);
        connection.Notification += (_, notification) =>
            signal.Announce(int.Parse(notification.Payload, CultureInfo.InvariantCulture));
        await using (var listen = new NpgsqlCommand($"LISTEN {OutboxChannel.Name}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        ReportProgress();
        while (true)
        {
            await connection.WaitAsync(stoppingToken);
        }
    }
}
