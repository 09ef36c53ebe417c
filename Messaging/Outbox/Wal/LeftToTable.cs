namespace Messaging.Outbox.Wal;

/// <summary>
/// The aggregates whose messages are left to the table, although they come from the log: an earlier one was refused, has failed, or is not
/// visible yet, and must be read there first.
/// </summary>
internal sealed class LeftToTable
{
    private const string Blocked =
        $"SELECT aggregate_id FROM outbox_messages WHERE aggregate_id = ANY(@aggregates) AND ({OutboxSql.IsBlocking})";

    /// <summary>The last message of each aggregate that was left, by its id. Until it is read, all later ones are left too.</summary>
    private readonly Dictionary<Guid, long> _last = [];

    public bool IsEmpty => _last.Count == 0;

    /// <summary>Leaves a message to the table.</summary>
    public void Add(PendingMessage message) =>
        _last[message.AggregateId] = Math.Max(message.Id, _last.GetValueOrDefault(message.AggregateId));

    /// <summary>Notes what was read in the table.</summary>
    public void OnRead(IEnumerable<PendingMessage> read)
    {
        foreach (var message in read.Where(message => _last.GetValueOrDefault(message.AggregateId, -1) == message.Id))
        {
            _last.Remove(message.AggregateId);
        }
    }

    /// <summary>Takes out of messages from the log those that must be left to the table.</summary>
    public async Task TakeFromAsync(List<PendingMessage> messages, OutboxSession session, CancellationToken cancellationToken)
    {
        if (messages.Count > 0)
        {
            var blocked = await BlockedAsync(messages, session, cancellationToken);
            messages.RemoveAll(message => AddIfBlocked(message, blocked));
        }
    }

    private bool AddIfBlocked(PendingMessage message, HashSet<Guid> blocked)
    {
        var isBlocked = blocked.Contains(message.AggregateId) || _last.ContainsKey(message.AggregateId);
        if (isBlocked)
        {
            Add(message);
        }

        return isBlocked;
    }

    private static async Task<HashSet<Guid>> BlockedAsync(
        List<PendingMessage> messages, OutboxSession session, CancellationToken cancellationToken)
    {
        await using var command = session.Command(Blocked, ("aggregates", messages.ConvertAll(message => message.AggregateId).ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var blocked = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            blocked.Add(reader.GetGuid(0));
        }

        return blocked;
    }
}
