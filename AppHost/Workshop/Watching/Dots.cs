using System.Text.Json.Serialization;

namespace AppHost.Workshop.Watching;

/// <summary>How far a message has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Stage>))]
internal enum Stage
{
    Pending,
    Refused,
    Failed,
    Sent,
    Applied,
    DeadLetter,
}

/// <summary>A message on its way, as the page draws it.</summary>
internal sealed record Dot(Guid Id, Guid Entity, long Version, int Partition, string Type, Stage Stage)
{
    [JsonIgnore]
    public bool HasArrived => Stage is Stage.Applied or Stage.DeadLetter;
}

/// <summary>
/// The messages on their way. They are few, whatever the backlog: when there is no room, new ones are not drawn, and are only counted.
/// </summary>
internal sealed class Dots
{
    private const int Room = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Dot> _onTheWay = [];
    private readonly Dictionary<Guid, Dot> _moved = [];
    private readonly HashSet<Guid> _arrived = [];
    private readonly Queue<Guid> _arrivals = new();

    /// <summary>What has not arrived.</summary>
    public IReadOnlyList<Dot> OnTheWay => Locked(() => _onTheWay.Values.ToArray());

    /// <summary>A message is new, or has come further.</summary>
    public void Move(Dot dot)
    {
        lock (_gate)
        {
            if (_arrived.Contains(dot.Id) || (_onTheWay.TryGetValue(dot.Id, out var known) ? known == dot : _onTheWay.Count >= Room))
            {
                return;
            }

            _moved[dot.Id] = dot;
            if (dot.HasArrived)
            {
                Leave(dot.Id);
                Remember(dot.Id);
            }
            else
            {
                _onTheWay[dot.Id] = dot;
            }
        }
    }

    /// <summary>An operator has discarded these messages.</summary>
    public void Remove(IEnumerable<Guid> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                Leave(id);
            }
        }
    }

    /// <summary>What has moved since the last call.</summary>
    public IReadOnlyList<Dot> TakeMoved() => Locked(() =>
    {
        var moved = _moved.Values.ToArray();
        _moved.Clear();
        return moved;
    });

    private void Leave(Guid id) => _onTheWay.Remove(id);

    /// <summary>The outbox is read with some overlap, so the same message may come again.</summary>
    private void Remember(Guid id)
    {
        _arrived.Add(id);
        _arrivals.Enqueue(id);
        if (_arrivals.Count > 4 * Room)
        {
            _arrived.Remove(_arrivals.Dequeue());
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
