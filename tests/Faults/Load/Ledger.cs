using System.Collections.Concurrent;
using System.Globalization;

namespace Faults.Load;

/// <summary>What all clients asked for, and what they were told.</summary>
internal sealed class Ledger
{
    /// <summary>The name of the times between the strikes.</summary>
    public const string NoFault = "nothing";

    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentDictionary<Guid, long> _live = new();
    private readonly ConcurrentDictionary<(string Fault, string Answer), int> _answers = new();
    private int _changes;
    private int _done;

    public IReadOnlyCollection<Attempt> Attempts => _attempts;

    /// <summary>Answers that no client may get, whatever is broken.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Number of acknowledged requests.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>What is broken at the moment.</summary>
    public string CurrentFault { get; set; } = NoFault;

    /// <summary>How often which answer came during which fault.</summary>
    public IReadOnlyDictionary<(string Fault, string Answer), int> Answers => _answers;

    public int LiveEntities => _live.Count;

    public string NextName() => string.Create(CultureInfo.InvariantCulture, $"change-{Interlocked.Increment(ref _changes)}");

    /// <summary>The highest acknowledged version of an entity. 0 if there is none.</summary>
    public long KnownVersion(Guid? entity) => entity is { } id ? _live.GetValueOrDefault(id) : 0;

    public Guid? PickEntity(Random random) => _live.Keys.ToArray() is { Length: > 0 } ids ? ids[random.Next(ids.Length)] : null;

    public void Add(Attempt attempt)
    {
        _attempts.Enqueue(attempt);
        if (attempt is not { Outcome: Outcome.Done, Entity: { } entity })
        {
            return;
        }

        Interlocked.Increment(ref _done);
        if (attempt.Verb is Verb.Delete)
        {
            _live.TryRemove(entity, out _);
        }
        else if (attempt.Verb is Verb.Create)
        {
            // A repeated POST gets its old answer, when the entity may have been changed or deleted.
            _live.TryAdd(entity, attempt.Version!.Value);
        }
        else if (_live.TryGetValue(entity, out var known) && known < attempt.Version)
        {
            _live.TryUpdate(entity, attempt.Version!.Value, known);
        }
    }

    /// <summary>Clients no longer pick an entity that is gone.</summary>
    public void Forget(Guid entity) => _live.TryRemove(entity, out _);

    public void CountAnswer(string answer) => _answers.AddOrUpdate((CurrentFault, answer), 1, (_, count) => count + 1);

    public void Complain(string what) => _complaints.Enqueue($"{what} (during: {CurrentFault})");
}
