using System.Globalization;
using SenderService.Outbox.Relay;

namespace SenderService.Outbox.WakeUp;

/// <summary>
/// Tells other instances of what was committed here and is theirs to relay. Outside of the business transaction, where a NOTIFY would make
/// commits wait for each other, and at most once in <see cref="Pause"/>. A crash before it is sent costs nothing: relays poll.
/// </summary>
internal sealed partial class OutboxAnnouncer(OutboxDatabase database, TimeProvider time, ILogger<OutboxAnnouncer> logger) : BackgroundService
{
    private const string Notify = $"SELECT pg_notify('{OutboxChannel.Name}', @partitions)";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly SemaphoreSlim _news = new(0, 1);
    private int _partitions;

    /// <summary>Has these partitions announced soon.</summary>
    /// <param name="partitions">A <see cref="PartitionSet"/>; may be empty.</param>
    public void Announce(int partitions)
    {
        if (partitions != 0 && Interlocked.Or(ref _partitions, partitions) == 0)
        {
            _news.Release();
        }
    }

    public override void Dispose()
    {
        _news.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _news.WaitAsync(stoppingToken);
            await SendAsync(Interlocked.Exchange(ref _partitions, 0), stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task SendAsync(int partitions, CancellationToken cancellationToken)
    {
        try
        {
            await using var notify = database.Pooled.CreateCommand(Notify);
            notify.Parameters.AddWithValue("partitions", partitions.ToString(CultureInfo.InvariantCulture));
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The other relays find the messages when they poll.
            LogNotSent(exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Other relays could not be told of new messages: {Reason}")]
    private partial void LogNotSent(string reason);
}
