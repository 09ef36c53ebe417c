using System.Threading.Channels;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace Messaging.Outbox.Wal;

/// <summary>
/// Reads the log of one slot, from its confirmed position on, until it fails or is disposed. The server sends whole transactions in the
/// order of their commits. When the relay does not take them, this waits, and so does the server.
/// </summary>
internal sealed class LogStream : IAsyncDisposable
{
    private static readonly PgOutputReplicationOptions Options =
        new(LogSetUp.Publication, PgOutputProtocolVersion.V1, binary: true, messages: true);

    private readonly LogSetUp _setUp;
    private readonly OutboxSignal _signal;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<LogEntry> _entries;
    private readonly Task _reading;
    private LogicalReplicationConnection? _connection;
    private LoggedTransaction? _current;
    private volatile bool _isReady;

    private LogStream(LogSetUp setUp, OutboxSignal signal, int capacity)
    {
        (_setUp, _signal) = (setUp, signal);
        _entries = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>True once there is a slot: what is committed from now on will come.</summary>
    public bool IsReady => _isReady;

    /// <summary>True if nothing more will come.</summary>
    public bool HasEnded => _reading.IsCompleted;

    /// <summary>Why it has ended.</summary>
    public Exception? Failure => _reading.Exception?.GetBaseException();

    /// <summary>True if there is an entry to take.</summary>
    public bool HasEntries => _entries.Reader.TryPeek(out _);

    /// <summary>Begins to read, in the background.</summary>
    /// <param name="setUp">Makes the slot, and opens it.</param>
    /// <param name="signal">Wakes the relay when there is something to take.</param>
    /// <param name="capacity">The most entries that wait to be taken.</param>
    public static LogStream Start(LogSetUp setUp, OutboxSignal signal, int capacity) => new(setUp, signal, capacity);

    public bool TryTake(out LogEntry entry) => _entries.Reader.TryRead(out entry);

    /// <summary>Tells the server, within a second, that nothing before this position is needed again.</summary>
    public void Confirm(NpgsqlLogSequenceNumber position) => _connection?.SetReplicationStatus(position);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await _setUp.PrepareAsync(_stop.Token);
            (_connection, var slot) = await _setUp.OpenAsync(_stop.Token);
            await using var connection = _connection;
            _isReady = true;
            await foreach (var message in connection.StartReplication(new PgOutputReplicationSlot(slot), Options, _stop.Token))
            {
                await OnMessageAsync(message);
            }
        }
        finally
        {
            _signal.Wake();
        }
    }

    private ValueTask OnMessageAsync(PgOutputReplicationMessage message)
    {
        switch (message)
        {
            case BeginMessage begin:
                _current = new(begin.TransactionXid, begin.TransactionFinalLsn);
                return ValueTask.CompletedTask;
            case InsertMessage insert:
                return AddMessageAsync(insert, _current!);
            case CommitMessage commit:
                _current!.End = commit.TransactionEndLsn;
                return AddAsync(new(_current, null));
            default:
                // The layout of the table, or a bookmark of the relay itself.
                return ValueTask.CompletedTask;
        }
    }

    private async ValueTask AddMessageAsync(InsertMessage insert, LoggedTransaction transaction)
    {
        if (await LoggedMessage.ReadAsync(insert, transaction, _stop.Token) is { } message)
        {
            await AddAsync(new(transaction, message));
        }
    }

    private async ValueTask AddAsync(LogEntry entry)
    {
        await _entries.Writer.WriteAsync(entry, _stop.Token);
        _signal.Wake();
    }
}
