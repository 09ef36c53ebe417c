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
    OutboxOptions options,
    OutboxSignal signal,
    OutboxMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>How often the relay asks who else is there; well below <see cref="OutboxSession.IdleTimeout"/>.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is read, whatever is known of it.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long an accepted message may stay unmarked while there are too few to be worth a statement.</summary>
    private static readonly TimeSpan LongestMarkDelay = TimeSpan.FromMilliseconds(10);

    private readonly OutboxPublisher _publisher = new(link.Link, options, signal, time);
    private readonly PartitionShare _share = new(session, signal);
    private readonly ReadPosition _position = new();
    private readonly PeriodicDue _heartbeat = new(HeartbeatInterval, time);
    private readonly PeriodicDue _poll = new(options.PollInterval, time);
    private readonly PeriodicDue _sweep = new(SweepInterval, time);

    /// <summary>What was read and is not marked yet, by id.</summary>
    private readonly Dictionary<long, PendingMessage> _held = [];

    /// <summary>How long the relay may wait for a wake-up.</summary>
    public TimeSpan LongestWait => _publisher.HasAnswers ? LongestMarkDelay : Min(_heartbeat.Remaining, _poll.Remaining);

    /// <summary>Does what there is to do now.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The session was lost, and with it the right to mark.</exception>
    public async Task<DispatchResult> DispatchAsync(CancellationToken cancellationToken)
    {
        if (_heartbeat.IsDue())
        {
            await BeatAsync(cancellationToken);
        }

        if (!await MarkAsync() || link.IsClosed)
        {
            return DispatchResult.Outage;
        }

        if (_publisher.IsStalled)
        {
            LogStalled(logger, options.PublishTimeout.TotalSeconds);
            return DispatchResult.Outage;
        }

        return await ReadAsync(cancellationToken) ? DispatchResult.MoreToDo : DispatchResult.Waiting;
    }

    /// <summary>Lets what is in flight be answered and marks it, as every message that is published and not marked will be published twice.</summary>
    public async Task FinishAsync(CancellationToken grace)
    {
        _publisher.Stop();
        while (!_publisher.IsIdle && !link.IsClosed && !grace.IsCancellationRequested)
        {
            await signal.WaitAsync(LongestMarkDelay, CancellationToken.None);
        }

        await MarkAsync();
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var heartbeat = await session.BeatAsync(_position.Low, cancellationToken);
        _position.Learn(heartbeat);
        if (await _share.BalanceAsync(heartbeat.Relays, IsBusy, cancellationToken))
        {
            LogOwned(logger, _share.Readable.Length, heartbeat.Relays);
            _position.StartFullPass();
        }
    }

    private bool IsBusy(int partition) => _held.Values.Any(message => message.Partition == partition);

    /// <summary>Marks what was answered.</summary>
    /// <returns>False if the broker does not take messages now.</returns>
    private async Task<bool> MarkAsync()
    {
        var answered = _publisher.TakeAnswered();
        var accepted = answered.Where(delivery => delivery.IsAccepted).Select(delivery => delivery.Message).ToArray();
        if (accepted.Length > 0)
        {
            // A crash here means: published and not marked. The messages are published again with the same ids, and the inbox drops them.
            await session.MarkSentAsync(Array.ConvertAll(accepted, message => message.Id), CancellationToken.None);
            metrics.RecordPublished(accepted, time.GetUtcNow());
            if (accepted.Any(message => message.IsRetry))
            {
                // The later messages of its aggregate have waited behind the position of the pass.
                _position.StartFullPass();
            }
        }

        var isTaken = true;
        foreach (var delivery in answered.Where(delivery => !delivery.IsAccepted))
        {
            isTaken &= await MarkUnacceptedAsync(delivery);
        }

        foreach (var delivery in answered)
        {
            _held.Remove(delivery.Message.Id);
        }

        return isTaken;
    }

    private async Task<bool> MarkUnacceptedAsync(OutboxDelivery delivery)
    {
        if (delivery.WasNotSent)
        {
            // It waits for one before it.
            return true;
        }

        if (link.IsClosed || delivery.Refusal is not { } reason)
        {
            return false;
        }

        var message = delivery.Message;
        var isFailed = await session.MarkRefusedAsync(message.Id, reason, options, CancellationToken.None);
        _publisher.Unblock(message.AggregateId);
        metrics.RecordRefused(isFailed);
        if (isFailed)
        {
            LogFailed(logger, message.MessageId, message.AggregateId, options.MaxAttempts, reason);
        }
        else
        {
            LogRefused(logger, message.MessageId, message.AggregateId, reason);
        }

        return true;
    }

    /// <summary>Reads on, if there is room, and has it published.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_held.Count + options.BatchSize > options.MaxInFlight + (2 * options.BatchSize) || !StartPassIfDue())
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
        if (_sweep.IsDue())
        {
            _position.StartSweep();
        }
        else if (_poll.IsDue())
        {
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

    [LoggerMessage(2, LogLevel.Warning, "The broker refused message {MessageId}; aggregate {AggregateId} waits for its next attempt: {Reason}")]
    private static partial void LogRefused(ILogger logger, Guid messageId, Guid aggregateId, string reason);

    [LoggerMessage(3, LogLevel.Error, "Message {MessageId} is failed; aggregate {AggregateId} waits until it is requeued or discarded. The broker refused it {Attempts} times: {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid messageId, Guid aggregateId, int attempts, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The broker has not answered for {Seconds} s: the relay begins anew")]
    private static partial void LogStalled(ILogger logger, double seconds);
}
