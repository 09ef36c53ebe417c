using System.Diagnostics.CodeAnalysis;

namespace SenderService.Outbox.Relay;

/// <summary>
/// The messages that are to be sent, in a lane per aggregate: of each lane only the first may be on its way. When that is accepted the next may
/// follow; when it is not, the lane is closed, and what waited in it is given up. Not for several threads.
/// </summary>
internal sealed class AggregateLanes
{
    /// <summary>The last message of each lane.</summary>
    private readonly Dictionary<Guid, OutboxDelivery> _last = [];

    /// <summary>The first messages of lanes, as far as they are not on their way yet.</summary>
    private readonly Queue<OutboxDelivery> _ready = [];

    private readonly HashSet<Guid> _closed = [];

    /// <summary>Whether nothing waits for being sent.</summary>
    public bool AreEmpty => _ready.Count == 0;

    /// <summary>Adds a message at the end of its lane.</summary>
    /// <returns>False if the lane is closed: the message is given up.</returns>
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

    public bool TryTake([NotNullWhen(true)] out OutboxDelivery? delivery) => _ready.TryDequeue(out delivery);

    /// <summary>Takes all that are not on their way, with what waits behind them.</summary>
    public IEnumerable<OutboxDelivery> TakeReady()
    {
        while (_ready.TryDequeue(out var first))
        {
            _last.Remove(first.Message.AggregateId);
            yield return first;
            foreach (var later in Followers(first))
            {
                yield return later;
            }
        }
    }

    /// <summary>The first message of a lane was answered.</summary>
    /// <returns>What is given up with it.</returns>
    public IEnumerable<OutboxDelivery> Answer(OutboxDelivery delivery)
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
        return Followers(delivery);
    }

    /// <summary>Messages may be added again: the database knows by now that they have to wait, and they are not read.</summary>
    public void Reopen(Guid aggregateId) => _closed.Remove(aggregateId);

    private static IEnumerable<OutboxDelivery> Followers(OutboxDelivery delivery)
    {
        for (var later = delivery.Next; later is not null; later = later.Next)
        {
            yield return later;
        }
    }
}
