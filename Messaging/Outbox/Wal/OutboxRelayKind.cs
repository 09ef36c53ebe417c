namespace Messaging.Outbox.Wal;

/// <summary>How the relay learns of new messages. Both kinds keep the same promises, and may run side by side.</summary>
internal enum OutboxRelayKind
{
    /// <summary>It reads the table when it is woken, and once in a poll interval.</summary>
    Polling,

    /// <summary>It follows the database's write-ahead log, and reads the table only if something is unusual.</summary>
    Wal,
}
