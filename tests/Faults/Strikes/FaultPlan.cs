using Faults.Running;

namespace Faults.Strikes;

/// <summary>
/// The faults of a run, in an order that only the seed decides. Every kind comes once before one comes again. Every third strike has two
/// faults, if two can be had that do not hinder each other.
/// </summary>
internal sealed class FaultPlan(DemoSystem system, Dice dice, IReadOnlyList<string> only)
{
    private const int Double = 3;
    private readonly Queue<string> _deck = new();
    private int _strikes;

    /// <summary>The next strike: one fault or two.</summary>
    public IReadOnlyList<Fault> Next()
    {
        var first = Draw(_ => true)!;
        var second = ++_strikes % Double == 0 && !IsAlone(first.Kind) ? Draw(kind => !IsAlone(kind)) : null;

        // Two faults of one process would hinder each other: nobody can stop what is killed.
        return second is null || second.Target == first.Target ? [first] : [first, second];
    }

    /// <summary>Draws the first kind of the deck that is suitable.</summary>
    private Fault? Draw(Predicate<string> isSuitable)
    {
        if (_deck.Count == 0)
        {
            var kinds = FaultKinds.Possible(only).ToArray();
            dice.Shuffle(kinds);
            Array.ForEach(kinds, _deck.Enqueue);
        }

        for (var left = _deck.Count; left > 0; left--)
        {
            var kind = _deck.Dequeue();
            if (isSuitable(kind))
            {
                return FaultKinds.All[kind](system, dice) with { Kind = kind };
            }

            _deck.Enqueue(kind);
        }

        return null;
    }

    /// <summary>These need everything, or a database that works.</summary>
    private static bool IsAlone(string kind) =>
        kind is FaultKinds.Blackout or FaultKinds.ReadOnly or FaultKinds.TerminateBackends or FaultKinds.DiskFull;
}
