namespace Messaging.Outbox.Relay;

/// <summary>
/// One step of the relay: mark what the broker has answered, read on, publish. Each message is read first, then published, then marked.
/// While the broker works on some messages, earlier ones are marked and later ones are read.
/// </summary>
internal sealed partial class OutboxDispatcher(
    OutboxSession session,
    AmqpLink<SenderLink> link,
    List<PendingMessage> unmarked,
    PoisonDetector poison,
    OutboxOptions options,
    OutboxSignal signal,
    RelayMetrics metrics,
    TimeProvider time,
    ILogger logger,
    LogFollower? log = null) : IDisposable
{
    /// <summary>How often the relay asks who else is there. Well below the 5 seconds after which its session would end.</summary>
    private static readonly TimeSpan LongestBeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often the whole outbox is read, whatever is known of it.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly OutboxPublisher _publisher = new(link, options, signal, time);
    private readonly OutboxMarker _marker = new(session, unmarked, poison, options, metrics, time, logger);
    private readonly PartitionShare _share = new(session, signal);
    private readonly ReadPosition _position = new();
    private readonly TimeSpan _beatInterval = Min(options.PollInterval, LongestBeatInterval);

    /// <summary>Messages that were read and are not marked or skipped yet, by id.</summary>
    private readonly Dictionary<long, PendingMessage> _held = [];

    private long? _lastBeat;
    private int _beats;
    private bool _isPollDue;
    private bool _hasMarked;

    /// <summary>How long the relay may sleep if nothing wakes it.</summary>
    public TimeSpan LongestWait => _publisher.Answered > 0 ? Min(OutboxPublisher.MarkDelay, UntilNextBeat) : UntilNextBeat;

    /// <summary>True if the last step has published something, or there was nothing to publish.</summary>
    public bool MadeProgress { get; private set; }

    /// <summary>What the client has thrown, if that is the outage.</summary>
    public Exception? Failure => _publisher.Failure;

    private TimeSpan UntilNextBeat =>
        _lastBeat is { } last && _beatInterval - time.GetElapsedTime(last) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    /// <summary>Keeps the broker busy, and leaves what cannot be sent soon in the database.</summary>
    private bool HasRoom => _held.Count - _publisher.Answered <= options.MaxInFlight + options.BatchSize;

    /// <summary>Does what there is to do now.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The session is lost, and with it the right to mark.</exception>
    public async Task<DispatchResult> DispatchAsync(CancellationToken cancellationToken)
    {
        if (link.IsClosed || _publisher.Failure is not null || _publisher.IsStalled)
        {
            await LeaveAsync([]);
            if (_publisher.IsStalled)
            {
                // Another link on this connection would stall as well.
                link.DropConnection($"it has answered nothing for {options.PublishTimeout.TotalSeconds:0.#} s");
            }

            return DispatchResult.Outage;
        }

        if (UntilNextBeat == TimeSpan.Zero)
        {
            await BeatAsync(cancellationToken);
        }

        _publisher.MaxInFlight = poison.SendsOneAtATime ? 1 : options.MaxInFlight;
        if (!await MarkAsync())
        {
            return DispatchResult.Outage;
        }

        var hasMore = await ReadAsync(cancellationToken);

        // Asked after the read: before its first read, a relay does not know yet that there is nothing to publish.
        MadeProgress = _hasMarked || (_held.Count == 0 && (_position.IsAtEnd || _share.Readable.Length == 0));
        return hasMore ? DispatchResult.MoreToDo : DispatchResult.Waiting;
    }

    /// <summary>Waits for the answers to what is in flight, and marks them. What is published and not marked is published twice.</summary>
    public async Task FinishAsync()
    {
        await _publisher.StopAsync();
        await _marker.MarkAcceptedAsync(_publisher.TakeAnswered());
    }

    /// <summary>Waits for the answers to what is in flight. The next session marks them, because this one is lost.</summary>
    public async Task RememberAsync()
    {
        await _publisher.StopAsync();
        _marker.Remember(_publisher.TakeAnswered());
    }

    /// <summary>Ends the publishing, for whatever reason. What was not answered stays pending, and all spans end.</summary>
    public void Dispose() => _publisher.Abandon();

    /// <summary>Leaves a link that has ended or is useless. Answers that still come count.</summary>
    /// <param name="answered">Answers that were taken already. Those that accept are marked.</param>
    private async Task LeaveAsync(IReadOnlyList<OutboxDelivery> answered)
    {
        await _publisher.StopAsync();
        var rest = _publisher.TakeAnswered();
        await _marker.MarkAcceptedAsync(rest);
        if (link.IsClosed)
        {
            await _marker.MarkPoisonAsync([.. answered, .. rest]);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var heartbeat = await Heartbeat.ReadAsync(session, _position.LowestOpenId, cancellationToken);
        _lastBeat = time.GetTimestamp();
        _position.Learn(heartbeat);
        var isSweepDue = _beats % Beats(SweepInterval) == 0;
        if (isSweepDue)
        {
            _position.ForgetLowestOpenId();
            await (log is null ? session.ExecuteAsync(LogSetUp.DropUnusedSlot, cancellationToken) : Task.CompletedTask);
        }

        _isPollDue |= isSweepDue || (_beats % Beats(options.PollInterval) == 0 && log?.NeedsTable(heartbeat) is not false);
        _beats++;
        var before = _share.Readable.Length;

        // A slot has one reader. So the relay that follows the log takes all partitions, and others of its kind stand by.
        var hasGained = await _share.BalanceAsync(log is null ? heartbeat.Relays : 1, IsBusy, cancellationToken);
        if (hasGained)
        {
            // What is known of the outbox is known of the other partitions.
            _isPollDue = true;
            _position.ForgetLowestOpenId();
        }

        if (_share.Readable.Length != before)
        {
            LogOwned(logger, _share.Readable.Length, heartbeat.Relays);
        }

        _isPollDue |= log is not null && await log.BeatAsync(heartbeat, _share.Readable.Length > 0, hasGained, cancellationToken);
    }

    private int Beats(TimeSpan interval) => Math.Max(1, (int)(interval / _beatInterval));

    private bool IsBusy(int partition) => _held.Values.Any(message => message.Partition == partition);

    /// <summary>Marks what the broker has answered, if it is time to.</summary>
    /// <returns>False if the broker does not take messages now.</returns>
    private async Task<bool> MarkAsync()
    {
        var answered = _publisher.TakeDue();
        var accepted = await _marker.MarkAcceptedAsync(answered);
        if (accepted.Any(message => message.IsRetry))
        {
            // The later messages of its aggregate have waited for it, behind the read position.
            _isPollDue = true;
        }

        foreach (var delivery in answered.Where(delivery => delivery is { IsAccepted: false, WasSkipped: false }))
        {
            if (link.IsClosed || delivery.Refusal is not { } reason || !await _marker.MarkRefusedAsync(delivery.Message, reason))
            {
                await LeaveAsync(answered);
                return false;
            }

            _publisher.Reopen(delivery.Message.AggregateId);
        }

        foreach (var delivery in answered)
        {
            _held.Remove(delivery.Message.Id);
            log?.OnDecided(delivery.Message, isLeft: delivery.WasSkipped);
        }

        log?.Confirm();
        _hasMarked = accepted.Count > 0;
        return true;
    }

    /// <summary>Reads on if there is room, and publishes.</summary>
    /// <returns>True if there may be more.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!HasRoom)
        {
            return false;
        }

        if (!StartPassIfDue())
        {
            await ReadLogAsync(cancellationToken);
            return log is { HasEntries: true };
        }

        // A crash here means: nothing was published, nothing was marked. The same messages are read again.
        var read = await PendingMessage.ReadAsync(session, _share.Readable, _position.Next, options.BatchSize, cancellationToken);
        _position.Advance(read.Count == 0 ? null : read[^1].Id, read.Count < options.BatchSize);
        if (log is not null)
        {
            await log.OnReadAsync(read, _position.IsAtEnd, cancellationToken);
        }

        _publisher.Publish([.. read.Where(message => _held.TryAdd(message.Id, message))]);
        return !_position.IsAtEnd;
    }

    /// <summary>Publishes what has come from the log. A crash here means: the messages are pending. The next relay reads them.</summary>
    private async Task ReadLogAsync(CancellationToken cancellationToken)
    {
        if (log is { HasEntries: true })
        {
            var logged = await log.TakeAsync(_share.Readable, cancellationToken);
            var held = logged.Where(message => _held.TryAdd(message.Id, message)).ToList();
            foreach (var other in held.Count < logged.Count ? logged.Where(message => _held[message.Id] != (object)message) : [])
            {
                // Another message has its id: somebody has reset the sequence. The table has both, one after the other.
                log.OnDecided(other, isLeft: true);
            }

            _publisher.Publish(held);
        }
    }

    /// <returns>True if a pass is under way.</returns>
    private bool StartPassIfDue()
    {
        if (_isPollDue)
        {
            _isPollDue = false;
            _position.StartFullPass();
            log?.OnFullPass();
        }
        else if (_position.IsAtEnd && signal.TakeNews() && log is not { IsFollowing: true })
        {
            _position.StartPass();
        }

        return !_position.IsAtEnd && _share.Readable.Length > 0;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(1, LogLevel.Information, "This relay has {Partitions} of 16 partitions; {Relays} relay(s) are running")]
    private static partial void LogOwned(ILogger logger, int partitions, int relays);
}
