using NpgsqlTypes;

namespace Messaging.Outbox.Wal;

/// <summary>
/// Decides which messages the relay publishes from the log, and which ones it leaves to the table. The table is the truth: what is pending
/// there is published some time, whatever the log says. So each session of a relay begins with the table, like a relay that polls. It
/// follows the log from a position before which it has seen everything in the table.
/// </summary>
internal sealed partial class LogFollower(
    LogSetUp setUp,
    OutboxSession session,
    OutboxOptions options,
    OutboxSignal signal,
    ILogger logger) : IAsyncDisposable
{
    /// <summary>One second for the beat of the relay that takes over: 5 seconds after the last sign of life, it works.</summary>
    public const string SessionSetUp = "SET idle_session_timeout = '4s'";

    private const string CurrentPosition = "SELECT pg_current_wal_insert_lsn()";

    /// <summary>
    /// Asks whether the log still has what it should have. It also writes a bookmark into the log if others write much and the outbox
    /// nothing. The bookmark comes back in its order, so its position can be confirmed, and the server need not keep the log before it.
    /// </summary>
    private const string CheckAndBookmark = $"""
        SELECT {LogSetUp.IsPublished}, (
            SELECT pg_logical_emit_message(true, 'outbox', '') FROM pg_replication_slots
            WHERE slot_name = {LogSetUp.SlotName} AND pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) > {LogLag.Negligible})
        """;

    /// <summary>Transactions that are complete, in the order of their commits, from the first one on that has an open message.</summary>
    private readonly Queue<LoggedTransaction> _transactions = [];

    private readonly LeftToTable _left = new();

    /// <summary>Messages that were read from the table, and may still come from the log, up to a position.</summary>
    private readonly HashSet<Guid> _taken = [];

    private NpgsqlLogSequenceNumber _takenUpTo;

    /// <summary>All that was committed before this position was in the table when the relay read it.</summary>
    private NpgsqlLogSequenceNumber _start;

    /// <summary>Their commits may be in the log before <see cref="_start"/>, although nobody sees yet what they wrote.</summary>
    private readonly HashSet<string> _writers = [];

    private LogStream? _stream;
    private Phase _phase;
    private bool _isPassing;
    private string? _lastFailure;

    private enum Phase
    {
        /// <summary>Reads the table only.</summary>
        Table,

        /// <summary>Has chosen where to begin in the log, and waits until all that was committed before is visible.</summary>
        Settling,

        /// <summary>Reads all of it in the table.</summary>
        Passing,

        /// <summary>Reads the log only.</summary>
        Following,
    }

    /// <summary>True if new messages are taken from the log.</summary>
    public bool IsFollowing => _phase == Phase.Following;

    /// <summary>True if there is something to take from the log.</summary>
    public bool HasEntries => IsFollowing && _stream!.HasEntries;

    /// <summary>True if there may be something in the table that does not come from the log.</summary>
    public bool NeedsTable(Heartbeat heartbeat) => !IsFollowing || heartbeat.HasBlocking || !_left.IsEmpty;

    /// <summary>Opens the log, and goes on to the next phase.</summary>
    /// <param name="heartbeat">The state of the database.</param>
    /// <param name="hasPartitions">True if this relay has partitions. Without them it stands by, and leaves the slot to others.</param>
    /// <param name="hasGained">True if it has taken partitions. What is known of the table is not known of them.</param>
    /// <param name="cancellationToken">Cancels the statements. The session stays usable.</param>
    /// <returns>True if the whole table must be read now.</returns>
    public async Task<bool> BeatAsync(Heartbeat heartbeat, bool hasPartitions, bool hasGained, CancellationToken cancellationToken)
    {
        if (_stream is { HasEnded: true } ended)
        {
            await LeaveAsync(ended, ReasonOf(ended.Failure), cancellationToken);
            return true;
        }

        _stream ??= hasPartitions ? LogStream.Start(setUp, signal, options.BatchSize) : null;
        _phase = hasGained ? Phase.Table : _phase;
        switch (_phase)
        {
            case Phase.Table when _stream is { IsReady: true }:
                _start = await PositionAsync(cancellationToken);
                _writers.UnionWith((await Heartbeat.ReadAsync(session, long.MaxValue, cancellationToken)).Writers);
                _phase = Phase.Settling;
                break;
            case Phase.Settling:
                _writers.IntersectWith(heartbeat.Writers);
                break;
            case Phase.Following:
                await using (var check = session.Command(CheckAndBookmark))
                {
                    if (await check.ExecuteScalarAsync(cancellationToken) is false)
                    {
                        await LeaveAsync(_stream!, $"the publication {LogSetUp.Publication} does not publish the inserts", cancellationToken);
                        return true;
                    }
                }

                break;
        }

        if (_phase == Phase.Settling && _writers.Count == 0)
        {
            (_phase, _isPassing) = (Phase.Passing, false);
            return true;
        }

        return false;
    }

    /// <summary>A pass over all open messages of the table begins.</summary>
    public void OnFullPass() => _isPassing = _phase == Phase.Passing;

    /// <summary>Notes what was read from the table, so that it is not taken from the log too.</summary>
    /// <param name="read">The messages.</param>
    /// <param name="isAtEnd">True if there are no more.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task OnReadAsync(IReadOnlyList<PendingMessage> read, bool isAtEnd, CancellationToken cancellationToken)
    {
        _left.OnRead(read);
        if (_phase != Phase.Table && read.Count > 0)
        {
            _taken.UnionWith(read.Select(message => message.MessageId));
            _takenUpTo = await PositionAsync(cancellationToken);
        }

        if (isAtEnd && _isPassing)
        {
            (_phase, _isPassing, _lastFailure) = (Phase.Following, false, null);
            LogFollows(logger, _start);
        }
    }

    /// <summary>Takes messages from the log, in the order of their commits.</summary>
    /// <param name="partitions">The partitions of this relay. The other messages are for others, who find them in the table.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task<IReadOnlyList<PendingMessage>> TakeAsync(int[] partitions, CancellationToken cancellationToken)
    {
        var messages = new List<PendingMessage>();
        for (var count = 0; count < options.BatchSize && _stream!.TryTake(out var entry); count++)
        {
            if (entry.Message is not { } message)
            {
                Complete(entry.Transaction);
            }
            else if (message.Transaction!.Commit >= _start && partitions.Contains(message.Partition) && !_taken.Remove(message.MessageId))
            {
                messages.Add(message);
            }
        }

        await _left.TakeFromAsync(messages, session, cancellationToken);
        messages.ForEach(message => message.Transaction!.Open++);
        Confirm();
        return messages;
    }

    /// <summary>Notes that a message is marked, or that it is left to the table: it is pending there and must wait.</summary>
    public void OnDecided(PendingMessage message, bool isLeft)
    {
        if (isLeft)
        {
            _left.Add(message);
        }

        if (message.Transaction is { } transaction)
        {
            transaction.Open--;
        }
    }

    /// <summary>
    /// Confirms the position up to which nothing is needed again: each message is marked as sent, or it is pending or failed in the table.
    /// A crash before means: the next relay gets them again, and drops them, because it has begun with the table.
    /// </summary>
    public void Confirm()
    {
        LoggedTransaction? last = null;
        while (_transactions.TryPeek(out var first) && first.Open == 0)
        {
            last = _transactions.Dequeue();
        }

        if (last is not null)
        {
            _stream?.Confirm(last.End);
        }
    }

    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Complete(LoggedTransaction transaction)
    {
        _transactions.Enqueue(transaction);
        if (transaction.Commit >= _takenUpTo)
        {
            _taken.Clear();
        }
    }

    private async Task<NpgsqlLogSequenceNumber> PositionAsync(CancellationToken cancellationToken)
    {
        await using var command = session.Command(CurrentPosition);
        return (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Goes back to the table. The next beat opens the log again.</summary>
    private async Task LeaveAsync(LogStream ended, string reason, CancellationToken cancellationToken)
    {
        (_stream, _phase) = (null, Phase.Table);
        _transactions.Clear();
        _writers.Clear();
        await ended.DisposeAsync();
        if (ended.Failure is PostgresException { SqlState: PostgresErrorCodes.UndefinedObject })
        {
            // The publication did not exist yet when something was written that the slot still has to send.
            await session.ExecuteAsync(LogSetUp.DropUnusedSlot, cancellationToken);
        }

        if (reason != _lastFailure)
        {
            // What the server says needs no stack trace. Anything else is a mistake of ours.
            _lastFailure = reason;
            var mistake = ended.Failure is NpgsqlException or IOException or ConfigurationException ? null : ended.Failure;
            LogInterrupted(logger, mistake, reason);
        }
    }

    /// <summary>Why the log has ended, with what the server advises.</summary>
    private static string ReasonOf(Exception? failure) => failure switch
    {
        null => "the server has ended it",
        PostgresException { Hint: { } hint } refusal => $"{refusal.Message}. {hint}",
        _ => Outage.ReasonOf(failure) ?? failure.Message,
    };

    [LoggerMessage(1, LogLevel.Information, "This relay follows the write-ahead log, from {Position} on")]
    private static partial void LogFollows(ILogger logger, NpgsqlLogSequenceNumber position);

    [LoggerMessage(2, LogLevel.Warning, "The write-ahead log cannot be read. The relay reads the table until it can: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, Exception? exception, string reason);
}
