using System.Threading.Channels;

namespace Messaging.Outbox.WakeUp;

/// <summary>
/// Tells the relays of other instances about commits, by NOTIFY, and listens for theirs. It does so outside of the business transaction,
/// because a NOTIFY makes commits wait for each other, and at most once in <see cref="Pause"/>. A crash before the NOTIFY costs nothing but
/// time: relays also poll.
/// </summary>
internal sealed class OutboxNotifier(OutboxDatabase database, OutboxSignal signal, TimeProvider time, ILogger<OutboxNotifier> logger)
    : ResilientService(time, logger)
{
    private const string Listen = "LISTEN outbox_messages";
    private const string Notify = "SELECT pg_notify('outbox_messages', @partitions)";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Holds one item while there is something to announce. A write after the end of the service does nothing.</summary>
    private readonly Channel<bool> _news =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int _partitions;

    /// <summary>Schedules an announcement of these partitions. Never waits and never throws: a commit calls it.</summary>
    /// <param name="partitions">A set, see <see cref="Sharing.OutboxPartition.SetOf"/>. It may be empty.</param>
    public void Announce(int partitions)
    {
        if (partitions != 0)
        {
            Interlocked.Or(ref _partitions, partitions);
            _news.Writer.TryWrite(true);
        }
    }

    /// <summary>Listens and announces until the connection is lost. The relays find what is missed meanwhile when they poll.</summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await using var connection = await database.OpenAsync(stoppingToken);
        connection.Notification += (_, notification) => signal.Announce(int.Parse(notification.Payload, CultureInfo.InvariantCulture));
        await using (var listen = new NpgsqlCommand(Listen, connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }

        ReportProgress();
        while (true)
        {
            await ListenUntilNewsAsync(connection, stoppingToken);
            await using var notify = new NpgsqlCommand(Notify, connection);
            notify.Parameters.AddWithValue("partitions", Interlocked.Exchange(ref _partitions, 0).ToString(CultureInfo.InvariantCulture));
            await notify.ExecuteNonQueryAsync(stoppingToken);
            await Task.Delay(Pause, Time, stoppingToken);
        }
    }

    /// <summary>Hears notifications until this process has something to announce.</summary>
    private async Task ListenUntilNewsAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var news = _news.Reader.ReadAsync(stop.Token).AsTask();
        var listening = ListenAsync(connection, stop.Token);
        await Task.WhenAny(news, listening);
        await stop.CancelAsync();

        // Rethrows the loss of the connection. News that were read with it are found by polling.
        await listening;
        stoppingToken.ThrowIfCancellationRequested();
    }

    private static async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The connection stays usable: Npgsql breaks none over a cancelled wait for notifications.
        }
    }
}
