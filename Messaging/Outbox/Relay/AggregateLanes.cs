using System.Diagnostics.CodeAnalysis;

namespace Messaging.Outbox.Relay;

/// <summary>
/// The messages that are to be sent, in one lane per aggregate. Only the first of each lane may be in flight. When the broker accepts it,
/// the next one may follow. When the broker does not, the lane is closed and the messages behind it are skipped. Not thread-safe.
/// </summary>
internal sealed class AggregateLanes
{
    /// <summary>The last message of each lane.</summary>
    private readonly Dictionary<Guid, OutboxDelivery> _last = [];

    /// <summary>The first messages of lanes, unless they are in flight already.</summary>
    private readonly Queue<OutboxDelivery> _ready = [];

    private readonly HashSet<Guid> _closed = [];

    /// <summary>True if no message is ready to be sent.</summary>
    public bool AreEmpty => _ready.Count == 0;

    /// <summary>Adds a message at the end of its lane.</summary>
    /// <returns>False if the lane is closed: the message must be skipped.</returns>
    public bool TryAdd(OutboxDelivery delivery)
    {
        var aggregate = delivery.Message.AggregateId;
        if (_closed.Contains(aggregate))
        {
            return false;
        }

        if (_last.TryGetValue(aggregate, out var previous))
        {
            previous.Next = delivery;
        }
        else
        {
            _ready.Enqueue(delivery);
        }

        _last[aggregate] = delivery;
        return true;
    }

    /// <summary>Takes a message to send it.</summary>
    public bool TryTake([NotNullWhen(true)] out OutboxDelivery? delivery) => _ready.TryDequeue(out delivery);

    /// <summary>Removes all messages that are not in flight, with those behind them.</summary>
    public IEnumerable<OutboxDelivery> Clear()
    {
        while (_ready.TryDequeue(out var first))
        {
            _last.Remove(first.Message.AggregateId);
            yield return first;
            foreach (var later in BehindOf(first))
            {
                yield return later;
            }
        }
    }

    /// <summary>Goes on with a lane after the broker has answered for its first message.</summary>
    /// <returns>The messages to skip.</returns>
    public IEnumerable<OutboxDelivery> Complete(OutboxDelivery delivery)
    {
        if (delivery is { IsAccepted: true, Next: { } next })
        {
            _ready.Enqueue(next);
            return [];
        }

        _last.Remove(delivery.Message.AggregateId);
        if (delivery.IsAccepted)
        {
            return [];
        }

        _closed.Add(delivery.Message.AggregateId);
        return BehindOf(delivery);
    }

    /// <summary>
    /// Accepts messages of this aggregate again. The refusal is marked by now, so the database makes the later ones wait.
    /// </summary>
    public void Reopen(Guid aggregateId) => _closed.Remove(aggregateId);

    private static IEnumerable<OutboxDelivery> BehindOf(OutboxDelivery delivery)
    {
        for (var later = delivery.Next; later is not null; later = later.Next)
        {
            yield return later;
        }
    }
}
