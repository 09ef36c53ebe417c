using NpgsqlTypes;

namespace Messaging.Outbox.Wal;

/// <summary>A transaction that has written to the outbox, as the log reports it after its commit.</summary>
/// <param name="xid">Its number.</param>
/// <param name="commit">Where its commit is in the log.</param>
internal sealed class LoggedTransaction(uint xid, NpgsqlLogSequenceNumber commit)
{
    public uint Xid { get; } = xid;

    public NpgsqlLogSequenceNumber Commit { get; } = commit;

    /// <summary>The position behind it. To confirm this position means: never send it again.</summary>
    public NpgsqlLogSequenceNumber End { get; set; }

    /// <summary>Number of its messages that were published from the log, and are not marked yet.</summary>
    public int Open { get; set; }
}

/// <summary>One step of the log.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Message">Its next message. Null if the transaction is complete.</param>
internal readonly record struct LogEntry(LoggedTransaction Transaction, PendingMessage? Message);
