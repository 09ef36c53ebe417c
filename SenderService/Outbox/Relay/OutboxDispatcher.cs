using Amqp;
using SenderService.Outbox.Operations;
using SenderService.Outbox.WakeUp;
using ServiceDefaults.Amqp;

namespace SenderService.Outbox.Relay;

/// <summary>
/// The steps of the relay on one session and one link: read, publish, mark, never the other way round. While the broker answers for some
/// messages, earlier ones are marked and later ones are read; the messages of one aggregate follow each other all the same.
/// </summary>
internal sealed partial class OutboxDispatcher(
    OutboxSession session,
    AmqpLink<SenderLink> link,
    Suspicion suspicion,
    OutboxOptions options,
    OutboxSignal signal,
    OutboxMetrics metrics,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>How often the relay asks who else is there; well below the time after which a silent session ends.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is read, whatever is known of it.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>How many batches are read ahead while the broker pauses.</summary>
    private const int BatchesAhead = 4;

    private readonly OutboxPublisher _publisher = new(link.Link, options, signal, time);
    private readonly OutboxMarker _marker = new(session, suspicion, options, metrics, time, logger);
    private readonly PartitionShare _share = new(session, signal);
    private readonly ReadPosition _position = new();
    private readonly PeriodicDue _heartbeat = new(HeartbeatInterval, time);
    private readonly PeriodicDue _poll = new(options.PollInterval, time);
    private readonly PeriodicDue _sweep = new(SweepInterval, time);

    /// <summary>What was read and is neither marked nor given up yet, by id.</summary>
    private readonly Dictionary<long, PendingMessage> _held = [];

    /// <summary>
    /// How long the relay may wait for a wake-up. What a pause of the broker allows is looked at as often as there may be one; a poll that is
    /// due is not waited for while there is no room for what it would read.
    /// </summary>
    public TimeSpan LongestWait =>
        _publisher.Answered > 0 ? AnsweredDeliveries.Pause
        : HasRoom ? Min(_heartbeat.Remaining, _poll.Remaining)
        : HasRoomFor(BatchesAhead) ? AnsweredDeliveries.Pause
        : _heartbeat.Remaining;

    /// <summary>Whether the relay gets on: it has published something, or there is nothing to publish.</summary>
    public bool GetsOn { get; private set; }

    /// <summary>What the client has thrown, if that is why there is an outage.</summary>
    public Exception? Failure => _publisher.Failure;

    /// <summary>Does what there is to do now.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The session was lost, and with it the right to mark.</exception>
    public async Task<DispatchResult> DispatchAsync(CancellationToken cancellationToken)
    {
        if (link.IsClosed || _publisher.Failure is not null || _publisher.IsStalled)
        {
            await LeaveAsync([]);
            return DispatchResult.Outage;
        }

        if (_heartbeat.IsDue())
        {
            await BeatAsync(cancellationToken);
        }

        _publisher.MaxInFlight = suspicion.IsOpen ? 1 : options.MaxInFlight;
        if (!await MarkAsync())
        {
            return DispatchResult.Outage;
        }

        return await ReadAsync(cancellationToken) ? DispatchResult.MoreToDo : DispatchResult.Waiting;
    }

    /// <summary>Lets what is in flight be answered and marks it, as every message that is published and not marked will be published twice.</summary>
    public async Task FinishAsync()
    {
        await StopPublishingAsync();
        await _marker.MarkAcceptedAsync(_publisher.TakeAnswered());
    }

    /// <summary>
    /// Ends the publishing, whatever the reason. Nothing is sent without the right to mark, what was not answered stays pending, all spans
    /// end.
    /// </summary>
    public void Dispose() => _publisher.Abandon();

    /// <summary>Leaves a link that has ended or is of no more use. Answers that still come count.</summary>
    /// <param name="answered">What was taken already, and marked as far as it was accepted.</param>
    private async Task LeaveAsync(IReadOnlyList<OutboxDelivery> answered)
    {
        await StopPublishingAsync();
        var rest = _publisher.TakeAnswered();
        await _marker.MarkAcceptedAsync(rest);
        if (link.IsClosed)
        {
            await _marker.MarkCulpritAsync([.. answered, .. rest]);
        }
    }

    /// <summary>
    /// Waits for the answers to what is in flight, but not for ever: the client does not call back for a message over which it has thrown,
    /// nor for any once it has said that the link is closed.
    /// </summary>
    private async Task StopPublishingAsync()
    {
        using var grace = new CancellationTokenSource(options.ShutdownGrace, time);
        _publisher.Stop();
        while (!_publisher.IsIdle && !link.Closed.IsCancellationRequested && !grace.IsCancellationRequested)
        {
            await signal.WaitAsync(AnsweredDeliveries.Pause, CancellationToken.None);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var heartbeat = await session.BeatAsync(_position.Low, cancellationToken);
        _position.Learn(heartbeat);
        var before = _share.Readable.Length;
        if (await _share.BalanceAsync(heartbeat.Relays, IsBusy, cancellationToken))
        {
            _position.StartFullPass();
        }

        // Another relay has it, or had it meanwhile and has sent it: then it was not among what this one has read.
        suspicion.Forget((id, partition) => !_share.Has(partition) || (_position.HasPassed(id) && !_held.ContainsKey(id)));
        if (_share.Readable.Length != before)
        {
            LogOwned(logger, _share.Readable.Length, heartbeat.Relays);
        }
    }

    private bool IsBusy(int partition) => _held.Values.Any(message => message.Partition == partition);

    /// <summary>Marks what was answered, if it is time to.</summary>
    /// <returns>False if the broker does not take messages now.</returns>
    private async Task<bool> MarkAsync()
    {
        var answered = _publisher.TakeDue();
        var accepted = await _marker.MarkAcceptedAsync(answered);
        if (accepted.Any(message => message.IsRetry))
        {
            // The later messages of its aggregate have waited behind the position of the pass.
            _position.StartFullPass();
        }

        foreach (var delivery in answered.Where(delivery => delivery is { IsAccepted: false, WasNotSent: false }))
        {
            if (link.IsClosed || delivery.Refusal is not { } reason)
            {
                await LeaveAsync(answered);
                return false;
            }

            await _marker.MarkRefusedAsync(delivery.Message, reason);
            _publisher.Reopen(delivery.Message.AggregateId);
        }

        foreach (var delivery in answered)
        {
            _held.Remove(delivery.Message.Id);
        }

        GetsOn = accepted.Count > 0 || (_held.Count == 0 && _position.IsAtEnd);
        return true;
    }

    /// <summary>Whether more may be held: one batch keeps the broker busy, and what is read in its pauses need not be read when it is back.</summary>
    private bool HasRoom => HasRoomFor(_publisher.IsSilent ? BatchesAhead : 1);

    private bool HasRoomFor(int batches) => _held.Count - _publisher.Answered <= options.MaxInFlight + batches * options.BatchSize;

    /// <summary>Reads on, if there is room, and has it published.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!HasRoom || !StartPassIfDue())
        {
            return false;
        }

        // A crash here means: nothing was published, nothing was marked; the same messages are read again.
        var read = await session.ReadPendingAsync(_share.Readable, _position.Next, options.BatchSize, cancellationToken);
        _position.Advance(read.Count == 0 ? null : read[^1].Id, read.Count < options.BatchSize);
        var fresh = read.Where(message => _held.TryAdd(message.Id, message)).ToArray();
        if (fresh.Length > 0)
        {
            _publisher.Publish(fresh, new PublishedBatch(fresh.Length, options.Queue, metrics, time));
        }

        return !_position.IsAtEnd;
    }

    /// <returns>Whether a pass is under way.</returns>
    private bool StartPassIfDue()
    {
        if (_poll.IsDue())
        {
            if (_sweep.IsDue())
            {
                _position.ForgetLow();
            }

            _position.StartFullPass();
        }
        else if (_position.IsAtEnd && signal.TakeNews())
        {
            _position.StartPass();
        }

        return !_position.IsAtEnd && _share.Readable.Length > 0;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(1, LogLevel.Information, "This relay has {Partitions} of 16 partitions; {Relays} relay(s) are at work")]
    private static partial void LogOwned(ILogger logger, int partitions, int relays);
}
